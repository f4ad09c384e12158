package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// CancelEvent cancels an event with all its dates.
func (h *Handlers) CancelEvent(
	ctx context.Context,
	request api.CancelEventRequestObject,
) (api.CancelEventResponseObject, error) {
	e, err := h.Events.Cancel(ctx, caller.Author(ctx), request.EventID, wire.Or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.CancelEvent200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
