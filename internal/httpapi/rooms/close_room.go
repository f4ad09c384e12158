package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// CloseRoom closes a room to bookings from a day on.
func (h *Handlers) CloseRoom(
	ctx context.Context,
	request api.CloseRoomRequestObject,
) (api.CloseRoomResponseObject, error) {
	r, err := h.Venues.CloseRoom(
		ctx,
		caller.Author(ctx),
		request.RoomID,
		wire.CivilDate(request.Body.On),
		wire.Or(request.Body.Reason),
	)
	if err != nil {
		return nil, err
	}
	return api.CloseRoom200JSONResponse(h.View.StaffRoom(r)), nil
}
