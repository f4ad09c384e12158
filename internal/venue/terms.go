package venue

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Who stands to a room in one of three ways.
type Who string

// The ways. Others is any other organization, when the room is open to everyone.
const (
	Own      Who = "own"
	Partners Who = "partners"
	Others   Who = "others"
)

// Term says when and how one kind of organization may book a room. Days are whole days in Tokyo.
type Term struct {
	Who Who `json:"who"`
	// Booking opens OpensMonths months and OpensDays days before the day of use, at OpensTime; with
	// MonthStart on the first of that month.
	OpensMonths int       `json:"opens_months,omitempty"`
	OpensDays   int       `json:"opens_days,omitempty"`
	OpensTime   TimeOfDay `json:"opens_time,omitempty"`
	MonthStart  bool      `json:"month_start,omitempty"`
	// Booking closes so many days before; with 0 it goes on until the use starts.
	ClosesDays int `json:"closes_days,omitempty"`
	// MonthCap bounds bookings of one organization with days of use in one month; 0 is no bound.
	MonthCap int `json:"month_cap,omitempty"`
	// CancelDays is until how many days before one may cancel without asking.
	CancelDays int `json:"cancel_days,omitempty"`
	// Approvals is how many steps of approval a booking takes: 0, 1 or 2.
	Approvals int `json:"approvals,omitempty"`
	// HoldDays is how long a 仮押さえ holds; 0 says that there is none.
	HoldDays int `json:"hold_days,omitempty"`
	// Payer is the class of fees.
	Payer string `json:"payer,omitempty"`
}

// WhoIs tells how an organization stands to a room. False when it may not book it at all.
func WhoIs(room Room, asker uuid.UUID, partnerships []organization.Partnership) (Who, bool) {
	if asker == room.Organization.ID {
		return Own, true
	}
	if room.OpenTo == OpenToOwn {
		return "", false
	}
	for _, slug := range room.Partnerships {
		for _, p := range partnerships {
			if p.Slug == slug && p.Has(asker) {
				return Partners, true
			}
		}
	}
	return Others, room.OpenTo == OpenToEveryone
}

// TermFor gives the term of one way; false when there is none, and then nobody of that way may
// book.
func TermFor(terms []Term, who Who) (Term, bool) {
	for _, t := range terms {
		if t.Who == who {
			return t, true
		}
	}
	return Term{}, false
}

// Window is when a use that starts at a moment can be booked, [opens, closes).
func (t Term) Window(starts time.Time) (opens, closes time.Time) {
	day := clock.DateOf(starts)
	closes = starts
	if t.ClosesDays > 0 {
		closes = day.AddDays(1 - t.ClosesDays).Start() // the last day counts whole
	}
	return t.OpensTime.On(t.opensOn(day)), closes
}

// opensOn is so many months and days before; the 31st falls back to the month's last day.
func (t Term) opensOn(day clock.Date) clock.Date {
	first := clock.NewDate(day.Year, day.Month-time.Month(t.OpensMonths), 1)
	if t.MonthStart {
		return first.AddDays(-t.OpensDays)
	}
	last := clock.NewDate(first.Year, first.Month+1, 0)
	return clock.Date{Year: first.Year, Month: first.Month, Day: min(day.Day, last.Day)}.AddDays(-t.OpensDays)
}

// CancelUntil is the moment until which a use can be cancelled without asking.
func (t Term) CancelUntil(starts time.Time) time.Time {
	if t.CancelDays == 0 {
		return starts
	}
	return clock.DateOf(starts).AddDays(1 - t.CancelDays).Start()
}

// HoldUntil is when a 仮押さえ made now lapses: at the end of its last day, and never after booking
// closes. False when there is no hold.
func (t Term) HoldUntil(now, starts time.Time) (time.Time, bool) {
	if t.HoldDays == 0 {
		return time.Time{}, false
	}
	until := clock.DateOf(now).AddDays(t.HoldDays + 1).Start()
	if _, closes := t.Window(starts); closes.Before(until) {
		until = closes
	}
	return until, until.After(now)
}

// Codes of problems with who books when.
const (
	BookingPast   = "booking_in_the_past"
	BookingEarly  = "booking_not_open_yet" // param opens_at, a time.Time
	BookingLate   = "booking_closed"
	BookingCapped = "booking_cap_reached" // param cap
)

// Check tells why a use that starts at a moment can't be booked now by one whose bookings in that
// month number so many already; nil says that it can.
func (t Term) Check(now, starts time.Time, inMonth int) []Problem {
	opens, closes := t.Window(starts)
	switch {
	case !now.Before(starts):
		return []Problem{{Code: BookingPast}}
	case now.Before(opens):
		return []Problem{{Code: BookingEarly, Params: map[string]any{"opens_at": opens}}}
	case !now.Before(closes):
		return []Problem{{Code: BookingLate}}
	case t.MonthCap > 0 && inMonth >= t.MonthCap:
		return []Problem{{Code: BookingCapped, Params: map[string]any{"cap": t.MonthCap}}}
	}
	return nil
}
