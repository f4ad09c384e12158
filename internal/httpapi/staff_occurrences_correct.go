package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// CorrectOccurrence says when a date really took place.
func (f *face) CorrectOccurrence(
	ctx context.Context, request api.CorrectOccurrenceRequestObject,
) (api.CorrectOccurrenceResponseObject, error) {
	in := request.Body
	e, err := f.Events.CorrectOccurrence(ctx, authorOf(ctx), request.EventID, request.OccurrenceID,
		event.Correction{StartsAt: in.StartsAt, EndsAt: in.EndsAt, Note: in.Note})
	if err != nil {
		return nil, err
	}
	return api.CorrectOccurrence200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
