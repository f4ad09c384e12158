package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// CancelEvent cancels an event with all its dates.
func (f *face) CancelEvent(ctx context.Context, request api.CancelEventRequestObject) (api.CancelEventResponseObject, error) {
	e, err := f.Events.Cancel(ctx, authorOf(ctx), request.EventID, or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.CancelEvent200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
