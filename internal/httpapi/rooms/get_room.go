package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetRoom reads one room.
func (h *Handlers) GetRoom(ctx context.Context, request api.GetRoomRequestObject) (api.GetRoomResponseObject, error) {
	r, err := h.Venues.Room(ctx, request.RoomID)
	if err != nil {
		return nil, err
	}
	return api.GetRoom200JSONResponse(h.View.PublicRoom(ctx, r)), nil
}
