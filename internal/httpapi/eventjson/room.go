package eventjson

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

func (view View) eventRoom(r *event.Room) *api.EventRoom {
	if r == nil {
		return nil
	}
	out := api.EventRoom{
		ID:          r.ID,
		FacilityID:  r.FacilityID,
		Name:        r.Name,
		Facility:    r.Facility,
		MapURL:      r.MapURL(),
		Latitude:    r.Latitude,
		Longitude:   r.Longitude,
		BarrierFree: wire.List(r.BarrierFree),
		Barriers:    wire.List(r.Barriers),
		BarrierNote: r.BarrierNote,
	}
	if r.Listed {
		out.URL = view.BaseURL + "/rooms/" + r.ID.String()
	}
	return &out
}

func roomBooking(b *event.RoomBooking) *api.EventRoomBooking {
	if b == nil {
		return nil
	}
	return &api.EventRoomBooking{ID: b.ID, Status: api.BookingStatus(b.Status)}
}
