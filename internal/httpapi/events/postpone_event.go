package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// PostponeEvent postpones all coming dates of an event.
func (h *Handlers) PostponeEvent(
	ctx context.Context,
	request api.PostponeEventRequestObject,
) (api.PostponeEventResponseObject, error) {
	e, err := h.Events.Postpone(ctx, caller.Author(ctx), request.EventID, wire.Or(request.Body.Note))
	if err != nil {
		return nil, err
	}
	return api.PostponeEvent200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
