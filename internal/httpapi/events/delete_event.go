package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeleteEvent deletes an event that was never published.
func (h *Handlers) DeleteEvent(
	ctx context.Context,
	request api.DeleteEventRequestObject,
) (api.DeleteEventResponseObject, error) {
	if err := h.Events.Delete(ctx, caller.Author(ctx), request.EventID); err != nil {
		return nil, err
	}
	return api.DeleteEvent204Response{}, nil
}
