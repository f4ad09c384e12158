package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeleteSlot deletes a slot that nobody ever booked.
func (h *Handlers) DeleteSlot(
	ctx context.Context,
	request api.DeleteSlotRequestObject,
) (api.DeleteSlotResponseObject, error) {
	if err := h.Events.DeleteSlot(ctx, caller.Author(ctx), request.EventID, request.SlotID); err != nil {
		return nil, err
	}
	return api.DeleteSlot204Response{}, nil
}
