package rooms

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetRoomAvailability gives free and taken times of a room without saying who has it.
func (h *Handlers) GetRoomAvailability(
	ctx context.Context,
	request api.GetRoomAvailabilityRequestObject,
) (api.GetRoomAvailabilityResponseObject, error) {
	a, err := h.availability(ctx, uuid.Nil, request.RoomID, request.Params.From, request.Params.To)
	if err != nil {
		return nil, err
	}
	return api.GetRoomAvailability200JSONResponse(a), nil
}
