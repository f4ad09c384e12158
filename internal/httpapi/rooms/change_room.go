package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
)

// ChangeRoom changes the parts of a room that were sent.
func (h *Handlers) ChangeRoom(
	ctx context.Context,
	request api.ChangeRoomRequestObject,
) (api.ChangeRoomResponseObject, error) {
	apply, err := venuejson.RoomChange(request.Body)
	if err != nil {
		return nil, err
	}
	r, err := h.Venues.ChangeRoom(ctx, caller.Author(ctx), request.RoomID, apply)
	if err != nil {
		return nil, err
	}
	return api.ChangeRoom200JSONResponse(h.View.StaffRoom(r)), nil
}
