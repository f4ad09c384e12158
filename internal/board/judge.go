package board

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Facts are what decides about one room, as far as the asking organization may see it.
type Facts struct {
	Room     venue.Room // with its facility; without photos, spaces and layouts
	Rules    venue.Rules
	Kept     []venue.Span // for rounds, from the asker
	loadedAt time.Time
	cached   bool // may be older than the judgement
}

// Unsure tells whether facts are too old to refuse somebody by them.
func (f *Facts) Unsure(now time.Time) bool { return f.cached && now.Sub(f.loadedAt) > factsSure }

// Use is what somebody wants to do in a room.
type Use struct {
	StartsAt, EndsAt time.Time
	People           *int
	Noise            venue.Noise
}

// Verdict is what follows for a use that may be made: by which term of the room, and for how many
// yen, nil when the desk says.
type Verdict struct {
	Term venue.Term
	Fee  *int
}

// codes of venue's problems that speak of what was typed; the others speak of the present state.
var typed = map[string]bool{
	venue.SpanEmpty:    true,
	venue.SpanMidnight: true,
	venue.SpanSeconds:  true,
	venue.SpanYears:    true,
	venue.NotABlock:    true,
	venue.OffGrid:      true,
	venue.TooShort:     true,
	venue.TooLong:      true,
	venue.TooMany:      true,
	venue.BookingPast:  true,
}

// Refuse turns venue's problems into what callers hear: the first gives the code.
func Refuse(problems []venue.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	p := problems[0]
	refusal := fault.Conflict(p.Code)
	if typed[p.Code] {
		refusal = fault.Invalid(p.Code)
	}
	refusal.Params = map[string]any{}
	for name, value := range p.Params {
		if at, ok := value.(time.Time); ok {
			value = at.In(clock.Tokyo) // the words are the reader's language's
		}
		refusal.Params[name] = value
	}
	return refusal
}

// Check judges everything about a use that needs no look at other bookings: hours, closings,
// blocks, heads, noise.
func (f *Facts) Check(u Use) error {
	if !f.Room.Bookable() {
		return Refuse([]venue.Problem{{Code: venue.NotOpen}})
	}
	if err := Refuse(f.Rules.Check(venue.Span{From: u.StartsAt, To: u.EndsAt})); err != nil {
		return err
	}
	if u.People != nil && *u.People > f.Room.Capacity {
		return Refuse([]venue.Problem{{Code: venue.TooMany, Params: map[string]any{"capacity": f.Room.Capacity}}})
	}
	if !f.Room.Noise.Bears(u.Noise) {
		return ErrNoise
	}
	return nil
}

// TermOf judges a use as Check, and finds the term by which an organization may make it. It looks
// neither at other bookings nor at the term's window and cap. ErrNotOpenToYou.
func (f *Facts) TermOf(view *organization.View, borrower uuid.UUID, u Use) (venue.Term, error) {
	if err := f.Check(u); err != nil {
		return venue.Term{}, err
	}
	who, ok := venue.WhoIs(f.Room, borrower, view.PartnershipsOf(borrower))
	if !ok {
		return venue.Term{}, ErrNotOpenToYou
	}
	term, ok := venue.TermFor(f.Room.Terms, who)
	if !ok {
		return venue.Term{}, ErrNotOpenToYou
	}
	return term, nil
}

// Price gives the yen for one class of payers, nil when the desk says.
func (f *Facts) Price(payer string, starts, ends time.Time) *int {
	start := clock.StartOfDay(starts)
	hours := venue.Hours{
		From: venue.TimeOfDay(starts.Sub(start) / time.Minute),
		To:   venue.TimeOfDay(ends.Sub(start) / time.Minute),
	}
	yen, ok := venue.Price(f.Rules.Uses, f.Room.Fees, payer, hours)
	if !ok {
		return nil
	}
	return &yen
}

// Exemption finds one of the room's classes of 減免.
func (f *Facts) Exemption(key string) (venue.Exemption, error) {
	for _, e := range f.Room.Exemptions {
		if e.Key == key {
			return e, nil
		}
	}
	return venue.Exemption{}, ErrExemptionUnknown
}

// CheckSpan refuses what no room could be booked for.
func CheckSpan(now, starts, ends time.Time) error {
	first, last := clock.NewDate(2000, 1, 1).Start(), clock.NewDate(2100, 1, 1).Start()
	switch {
	case starts.Before(first) || !starts.Before(last):
		return ErrSpan.Field("starts_at", "year_out_of_range")
	case ends.Before(first) || !ends.Before(last):
		return ErrSpan.Field("ends_at", "year_out_of_range")
	case !starts.Before(ends):
		return ErrSpan.Field("ends_at", "times_out_of_order")
	case ends.Sub(starts) > MaxLength:
		return ErrSpan.Field("ends_at", "longer_than_14_days")
	case !starts.After(now):
		return Refuse([]venue.Problem{{Code: venue.BookingPast}})
	}
	return nil
}

// Ref names the room.
func (f *Facts) Ref() RoomRef {
	return RoomRef{
		ID:         f.Room.ID,
		FacilityID: f.Room.Facility.ID,
		Name:       f.Room.Name,
		Facility:   f.Room.Facility.Name,
		Address:    f.Room.Facility.Address,
		Access:     f.Room.Facility.Access,
	}
}
