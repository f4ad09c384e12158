package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// PostponeEvent postpones all coming dates of an event.
func (f *face) PostponeEvent(ctx context.Context, request api.PostponeEventRequestObject) (api.PostponeEventResponseObject, error) {
	e, err := f.Events.Postpone(ctx, authorOf(ctx), request.EventID, or(request.Body.Note))
	if err != nil {
		return nil, err
	}
	return api.PostponeEvent200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
