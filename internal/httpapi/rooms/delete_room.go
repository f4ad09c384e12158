package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeleteRoom deletes a room that was never booked.
func (h *Handlers) DeleteRoom(
	ctx context.Context,
	request api.DeleteRoomRequestObject,
) (api.DeleteRoomResponseObject, error) {
	if err := h.Venues.DeleteRoom(ctx, caller.Author(ctx), request.RoomID); err != nil {
		return nil, err
	}
	return api.DeleteRoom204Response{}, nil
}
