package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetOwnRoomAvailability gives free and taken times of a room that may be closed to others.
func (h *Handlers) GetOwnRoomAvailability(
	ctx context.Context,
	request api.GetOwnRoomAvailabilityRequestObject,
) (api.GetOwnRoomAvailabilityResponseObject, error) {
	a, err := h.availability(
		ctx,
		caller.Session(ctx).Organization.ID,
		request.RoomID,
		request.Params.From,
		request.Params.To,
	)
	if err != nil {
		return nil, err
	}
	return api.GetOwnRoomAvailability200JSONResponse(a), nil
}
