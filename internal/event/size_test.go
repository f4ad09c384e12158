package event_test

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// [S17] What one event holds is bounded, before anything is written and by the database: just the
// bound stands, one more does not, and what is over does not count.
func TestAnEventHoldsSoMuch(t *testing.T) {
	t.Parallel()
	w := setup(t)
	date := func(from time.Time, parts, quotas int) event.OccurrenceInput {
		o := event.OccurrenceInput{
			StartsAt: from,
			EndsAt:   from.Add(2 * time.Hour),
			Place:    event.Place{Kind: event.InPerson, Name: "会場"},
		}
		for range parts {
			p := event.PartInput{Reservation: event.Seat}
			for range quotas {
				p.Quotas = append(p.Quotas, event.QuotaInput{Channel: event.ChannelInPerson, Capacity: 5, MaxSeats: 1})
			}
			o.Parts = append(o.Parts, p)
		}
		return o
	}
	ahead := clock.Today(clock.System()).AddDays(30).At(10, 0) // the database asks its own clock
	in := event.Input{Kind: "family", Title: "合同の集まり"}
	for range 31 {
		in.Occurrences = append(in.Occurrences, date(ahead, 10, 1))
	}
	if _, err := w.events.Create(w.ctx, w.by["toshima"], in); fault.CodeOf(err) != "event_too_much" {
		t.Errorf("310 parts: %v", err)
	}
	in.Occurrences = nil
	for range 15 {
		in.Occurrences = append(in.Occurrences, date(ahead, 20, 2))
	}
	e := must[event.Event](t)(w.events.Create(w.ctx, w.by["toshima"], in)) // 300 and 600
	if _, err := w.events.AddOccurrence(
		w.ctx,
		w.by["toshima"],
		e.ID,
		date(ahead, 1, 1),
	); fault.CodeOf(
		err,
	) != "event_too_much" {
		t.Errorf("one more: %v", err)
	}
	must[event.Event](t)(w.events.AddOccurrence(w.ctx, w.by["toshima"], e.ID, date(ahead.AddDate(-1, 0, 0), 1, 1)))
	in.Occurrences = []event.OccurrenceInput{date(ahead, 20, 20), date(ahead, 10, 20)}
	e = must[event.Event](t)(w.events.Create(w.ctx, w.by["toshima"], in)) // 600 quotas in 30 parts
	if _, err := w.events.AddOccurrence(
		w.ctx,
		w.by["toshima"],
		e.ID,
		date(ahead, 1, 1),
	); fault.CodeOf(
		err,
	) != "event_too_much" {
		t.Errorf("one quota more: %v", err)
	}
}
