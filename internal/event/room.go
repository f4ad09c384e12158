package event

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/maplink"
)

// Room is what residents see of the room that a date, or one part of it, has booked. It is a copy
// that the database keeps up to date (ADR 0019).
type Room struct {
	ID         uuid.UUID `json:"room_id"`
	FacilityID uuid.UUID `json:"facility_id"`
	Name       string    `json:"room"`
	Facility   string    `json:"facility"`
	Address    string    `json:"address"`
	// Listed tells whether the room has a public page.
	Listed              bool     `json:"listed"`
	Latitude, Longitude *float64 // degrees, WGS 84; nil: not told
	BarrierFree         []string `json:"barrier_free"` // what there is
	Barriers            []string `json:"barriers"`     // what there is not
	BarrierNote         string   `json:"barrier_note"`
}

// MapURL opens a map where the facility is.
func (r *Room) MapURL() string {
	if r.Latitude != nil && r.Longitude != nil {
		return maplink.Point(*r.Latitude, *r.Longitude)
	}
	return maplink.Place(r.Address + " " + r.Facility)
}

// RoomBooking is the booking behind a room, for the event's own staff.
type RoomBooking struct {
	ID     uuid.UUID
	Status booking.Status
}

// Ready tells whether an event may be published with it.
func (b *RoomBooking) Ready() bool { return b.Status == booking.Confirmed || b.Status == booking.Done }

// Relocation moves one date to another room, another time, or both. Nil stays. Of RoomID and
// BookingID at most one.
type Relocation struct {
	RoomID    *uuid.UUID // taken by moving the date's booking, or by a new one where the room is another lender's
	BookingID *uuid.UUID // of a room that is booked already; the one before is given up
	StartsAt  *time.Time
	EndsAt    *time.Time
	DoorsAt   *time.Time
	Reason    string // for the lender
}

// roomOf reads a copy; nil for none. The database checks that it is an object, and only its own
// functions write it.
func roomOf(document []byte) *Room {
	if len(document) == 0 {
		return nil
	}
	var r Room
	if json.Unmarshal(document, &r) != nil {
		return nil
	}
	return &r
}

// bookings gives what the date and its parts have booked, by the id of the date or part.
func (o *Occurrence) bookings() map[uuid.UUID]RoomBooking {
	all := map[uuid.UUID]RoomBooking{}
	if o.Booking != nil {
		all[o.ID] = *o.Booking
	}
	for _, p := range o.Parts {
		if p.Booking != nil {
			all[p.ID] = *p.Booking
		}
	}
	return all
}

// elsewhere tells whether a change names an external place for a date in a booked room. One that
// repeats the room's own words, as after reading and writing back, or that only says whether one
// can connect as well, does not.
func (c OccurrenceChange) elsewhere(now *Occurrence) bool {
	if c.Place == nil || now.Booking == nil || c.BookingID != nil {
		return false
	}
	told := *c.Place
	return told.Kind == Online || (told.Name != "" || told.Address != "" || told.Access != "") &&
		(told.Name != now.Place.Name || told.Address != now.Place.Address || told.Access != now.Place.Access)
}

// Served is the date of an event, or one part of it, that stands in a booking.
type Served struct {
	Event, Occurrence uuid.UUID
	Part              *uuid.UUID // nil: the whole date
	Title             string     // of the event
	StartsAt, EndsAt  time.Time
	Listed            bool // on the public pages
}
