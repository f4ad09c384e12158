package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetStaffRoom reads a room of the organization's own.
func (h *Handlers) GetStaffRoom(
	ctx context.Context,
	request api.GetStaffRoomRequestObject,
) (api.GetStaffRoomResponseObject, error) {
	r, err := h.Venues.RoomForStaff(ctx, caller.Session(ctx).Organization.ID, request.RoomID)
	if err != nil {
		return nil, err
	}
	return api.GetStaffRoom200JSONResponse(h.View.StaffRoom(r)), nil
}
