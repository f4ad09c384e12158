package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// PostponeOccurrence postpones one date.
func (f *face) PostponeOccurrence(ctx context.Context, request api.PostponeOccurrenceRequestObject) (api.PostponeOccurrenceResponseObject, error) {
	e, err := f.Events.PostponeOccurrence(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, or(request.Body.Note))
	if err != nil {
		return nil, err
	}
	return api.PostponeOccurrence200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
