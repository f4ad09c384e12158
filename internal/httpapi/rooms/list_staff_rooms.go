package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// ListStaffRooms lists the organization's own rooms.
func (h *Handlers) ListStaffRooms(
	ctx context.Context,
	request api.ListStaffRoomsRequestObject,
) (api.ListStaffRoomsResponseObject, error) {
	p, own := request.Params, caller.Session(ctx).Organization.ID
	filter := venue.RoomFilter{Query: wire.Or(p.Q), Facility: wire.Or(p.Facility), Limit: listing.PageSize(p.Limit)}
	bound := []string{"staff rooms", own.String(), filter.Query, filter.Facility.String()}
	if err := h.Positions.After(p.Cursor, &filter.After, bound); err != nil {
		return nil, err
	}
	page, err := h.Venues.RoomsForStaff(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListStaffRooms200JSONResponse{
		Items:      make([]api.StaffRoom, len(page.Items)),
		NextCursor: h.Positions.Next(page.Next, bound),
	}
	for i, r := range page.Items {
		out.Items[i] = h.View.StaffRoom(r)
	}
	return out, nil
}
