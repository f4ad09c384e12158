package httpapi

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

func (f *face) eventRoom(r *event.Room) *api.EventRoom {
	if r == nil {
		return nil
	}
	out := api.EventRoom{
		ID: r.ID, FacilityID: r.FacilityID, Name: r.Name, Facility: r.Facility, MapURL: r.MapURL(), Latitude: r.Latitude, Longitude: r.Longitude,
		BarrierFree: some(r.BarrierFree), Barriers: some(r.Barriers), BarrierNote: r.BarrierNote,
	}
	if r.Listed {
		out.URL = f.BaseURL + "/rooms/" + r.ID.String()
	}
	return &out
}

func roomBooking(b *event.RoomBooking) *api.EventRoomBooking {
	if b == nil {
		return nil
	}
	return &api.EventRoomBooking{ID: b.ID, Status: api.BookingStatus(b.Status)}
}

func (f *face) bookingEvent(s *event.Served) *api.BookingEvent {
	if s == nil {
		return nil
	}
	out := api.BookingEvent{EventID: s.Event, OccurrenceID: s.Occurrence, PartID: s.Part, Title: s.Title, StartsAt: tokyo(s.StartsAt), EndsAt: tokyo(s.EndsAt)}
	if s.Listed {
		out.URL = f.BaseURL + "/events/" + s.Event.String()
	}
	return &out
}
