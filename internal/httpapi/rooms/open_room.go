package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// OpenRoom opens a room to those who may see and book it.
func (h *Handlers) OpenRoom(
	ctx context.Context,
	request api.OpenRoomRequestObject,
) (api.OpenRoomResponseObject, error) {
	r, err := h.Venues.OpenRoom(ctx, caller.Author(ctx), request.RoomID)
	if err != nil {
		return nil, err
	}
	return api.OpenRoom200JSONResponse(h.View.StaffRoom(r)), nil
}
