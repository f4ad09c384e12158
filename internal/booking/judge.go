package booking

import (
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// facts are what decides about one room, as far as the asking organization may see it.
type facts struct {
	room     venue.Room // with its facility; without photos, spaces and layouts
	rules    venue.Rules
	kept     []venue.Span // for rounds, from the asker
	loadedAt time.Time
	cached   bool // may be older than the judgement
}

// verdict is what follows for a booking that may be made.
type verdict struct {
	who  venue.Who
	term venue.Term
	fee  *int
}

// codes of venue's problems that speak of what was typed; the others speak of the present state.
var typed = map[string]bool{
	venue.SpanEmpty: true, venue.SpanMidnight: true, venue.SpanSeconds: true, venue.SpanYears: true, venue.NotABlock: true, venue.OffGrid: true,
	venue.TooShort: true, venue.TooLong: true, venue.TooMany: true, venue.BookingPast: true,
}

// refuse turns venue's problems into what callers hear: the first gives the code.
func refuse(problems []venue.Problem) error {
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

// use judges everything about a use that needs no look at other bookings: hours, closings, blocks, heads, noise.
func (f *facts) use(starts, ends time.Time, people *int, noise venue.Noise) error {
	if !f.room.Bookable() {
		return refuse([]venue.Problem{{Code: venue.NotOpen}})
	}
	if err := refuse(f.rules.Check(venue.Span{From: starts, To: ends})); err != nil {
		return err
	}
	if people != nil && *people > f.room.Capacity {
		return refuse([]venue.Problem{{Code: venue.TooMany, Params: map[string]any{"capacity": f.room.Capacity}}})
	}
	if !f.room.Noise.Bears(noise) {
		return ErrNoise
	}
	return nil
}

// price gives the yen for one class of payers, nil when the desk says.
func (f *facts) price(payer string, starts, ends time.Time) *int {
	start := clock.StartOfDay(starts)
	hours := venue.Hours{From: venue.TimeOfDay(starts.Sub(start) / time.Minute), To: venue.TimeOfDay(ends.Sub(start) / time.Minute)}
	yen, ok := venue.Price(f.rules.Uses, f.room.Fees, payer, hours)
	if !ok {
		return nil
	}
	return &yen
}

// exemption finds one of the room's classes of 減免.
func (f *facts) exemption(key string) (venue.Exemption, error) {
	for _, e := range f.room.Exemptions {
		if e.Key == key {
			return e, nil
		}
	}
	return venue.Exemption{}, ErrExemptionUnknown
}

// checkSpan refuses what no room could be booked for.
func checkSpan(now, starts, ends time.Time) error {
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
		return refuse([]venue.Problem{{Code: venue.BookingPast}})
	}
	return nil
}

// dated adds to a refusal which date it speaks of.
func dated(err error, b *Booking) error {
	if refusal, ok := fault.As(err); ok {
		return refusal.With("date", clock.DateOf(b.StartsAt))
	}
	return err
}
