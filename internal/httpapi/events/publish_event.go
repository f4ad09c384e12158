package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// PublishEvent publishes an event.
func (h *Handlers) PublishEvent(
	ctx context.Context,
	request api.PublishEventRequestObject,
) (api.PublishEventResponseObject, error) {
	e, err := h.Events.Publish(ctx, caller.Author(ctx), request.EventID)
	if err != nil {
		return nil, err
	}
	return api.PublishEvent200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
