package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ChangeOccurrence changes a date.
func (f *face) ChangeOccurrence(ctx context.Context, request api.ChangeOccurrenceRequestObject) (api.ChangeOccurrenceResponseObject, error) {
	e, err := f.Events.ChangeOccurrence(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, occurrenceChange(request.Body))
	if err != nil {
		return nil, err
	}
	return api.ChangeOccurrence200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
