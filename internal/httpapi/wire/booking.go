package wire

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/board"
)

// BookedRoom is a room as bookings and applications name it.
func BookedRoom(r board.RoomRef) api.BookedRoom {
	return api.BookedRoom{
		ID:         r.ID,
		Name:       r.Name,
		FacilityID: r.FacilityID,
		Facility:   r.Facility,
		Address:    r.Address,
		Access:     r.Access,
	}
}

// FreeRooms are rooms that can be had instead.
func FreeRooms(all []board.FreeRoom) []api.FreeRoom {
	out := make([]api.FreeRoom, len(all))
	for i, r := range all {
		out[i] = api.FreeRoom{
			Room:         BookedRoom(r.Room),
			Organization: OrganizationRef(r.Lender),
			Capacity:     r.Capacity,
			AreaCode:     r.AreaCode,
		}
	}
	return out
}
