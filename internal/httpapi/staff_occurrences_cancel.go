package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// CancelOccurrence cancels one date.
func (f *face) CancelOccurrence(ctx context.Context, request api.CancelOccurrenceRequestObject) (api.CancelOccurrenceResponseObject, error) {
	e, err := f.Events.CancelOccurrence(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.CancelOccurrence200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
