package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// AddOccurrence adds a date.
func (f *face) AddOccurrence(ctx context.Context, request api.AddOccurrenceRequestObject) (api.AddOccurrenceResponseObject, error) {
	e, err := f.Events.AddOccurrence(ctx, authorOf(ctx), request.EventID, occurrenceInput(request.Body))
	if err != nil {
		return nil, err
	}
	at := staffEventPath(request.Slug, e.ID)
	return api.AddOccurrence201JSONResponse{Body: f.staffEvent(&e, f.Clock.Now()), Headers: api.AddOccurrence201ResponseHeaders{Location: &at}}, nil
}
