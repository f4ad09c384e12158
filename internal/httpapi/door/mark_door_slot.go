package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// MarkDoorSlot sets how many parties sit in a slot that is kept for walk-ins.
func (h *Handlers) MarkDoorSlot(
	ctx context.Context,
	request api.MarkDoorSlotRequestObject,
) (api.MarkDoorSlotResponseObject, error) {
	parties, err := h.Door.MarkSlot(ctx, caller.DoorToken(ctx), request.SlotID, request.Body.Parties)
	if err != nil {
		return nil, err
	}
	return api.MarkDoorSlot200JSONResponse{ID: request.SlotID, Parties: parties, Taken: request.Body.Parties}, nil
}
