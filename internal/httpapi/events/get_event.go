package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetEvent reads one published event.
func (h *Handlers) GetEvent(
	ctx context.Context,
	request api.GetEventRequestObject,
) (api.GetEventResponseObject, error) {
	e, err := h.Events.Published(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.GetEvent200JSONResponse(h.View.Public(&e, h.Clock.Now())), nil
}
