package board

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// minuteOf is a time of 20 December 2026, a Sunday.
func minuteOf(hour, minute int) time.Time { return clock.NewDate(2026, 12, 20).At(hour, minute) }

func TestBoardSaysWhenOneCanAsk(t *testing.T) {
	t.Parallel()
	partners := venue.Term{Who: venue.Partners, OpensMonths: 2, ClosesDays: 7}
	others := venue.Term{Who: venue.Others, OpensMonths: 1, ClosesDays: 14}
	own := venue.Term{Who: venue.Own, OpensMonths: 12}
	now := clock.NewDate(2026, 12, 1).At(10, 0)
	for name, tt := range map[string]struct {
		terms  []venue.Term
		openTo venue.OpenTo
		day    clock.Date
		want   State
		opens  clock.Date
	}{
		"in the partners' window": {
			[]venue.Term{own, partners, others},
			venue.OpenToEveryone,
			clock.NewDate(2027, 1, 20),
			Free,
			clock.Date{},
		},
		"before anybody's": {
			[]venue.Term{own, partners, others},
			venue.OpenToEveryone,
			clock.NewDate(2027, 3, 20),
			Early,
			clock.NewDate(2027, 1, 20),
		},
		"after the last day": {
			[]venue.Term{own, partners, others},
			venue.OpenToEveryone,
			clock.NewDate(2026, 12, 7),
			Late,
			clock.Date{},
		},
		"on the last day": {
			[]venue.Term{own, partners, others},
			venue.OpenToEveryone,
			clock.NewDate(2026, 12, 8),
			Free,
			clock.Date{},
		},
		"others of a shut room": {
			[]venue.Term{own, others},
			venue.OpenToPartners,
			clock.NewDate(2026, 12, 20),
			Late,
			clock.Date{},
		},
		"only its owner may ask": {
			[]venue.Term{own},
			venue.OpenToEveryone,
			clock.NewDate(2026, 12, 20),
			Late,
			clock.Date{},
		},
		"others, after a month": {
			[]venue.Term{own, others},
			venue.OpenToEveryone,
			clock.NewDate(2027, 1, 2),
			Early,
			clock.NewDate(2026, 12, 2),
		},
		"others, within the month": {
			[]venue.Term{own, others},
			venue.OpenToEveryone,
			clock.NewDate(2027, 1, 1),
			Free,
			clock.Date{},
		},
	} {
		f := &Facts{}
		f.Room.OpenTo, f.Room.Terms, f.Room.Partnerships = tt.openTo, tt.terms, []string{"towns"}
		state, opens := f.reach(now, tt.day.At(13, 0))
		if state != tt.want || !tt.opens.IsZero() && clock.DateOf(opens) != tt.opens {
			t.Errorf("%s: %s %s, want %s %s", name, state, opens, tt.want, tt.opens)
		}
	}
}

// A use on the grid can be had exactly when it lies in one of the stretches.
func TestStretchesAreWhatCanBeHad(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		f := &Facts{}
		f.Room.SetupMinutes, f.Room.ClearingMinutes = rapid.IntRange(
			0,
			9,
		).Draw(
			r,
			"setup",
		)*5, rapid.IntRange(
			0,
			9,
		).Draw(
			r,
			"clearing",
		)*5
		step := rapid.SampledFrom([]int{10, 15, 30, 60}).Draw(r, "grid")
		least := rapid.SampledFrom([]int{0, 30, 60, 90}).Draw(r, "least")
		f.Rules.Uses = venue.Uses{Mode: venue.ByGrid, Grid: step, Least: least}
		hours := venue.Span{From: minuteOf(9, 0), To: minuteOf(21, 30)}
		var all taken
		last := minuteOf(6, 0)
		for range rapid.IntRange(0, 5).Draw(r, "taken") {
			from := last.Add(time.Duration(rapid.IntRange(1, 40).Draw(r, "gap")) * 5 * time.Minute)
			last = from.Add(time.Duration(rapid.IntRange(1, 40).Draw(r, "length")) * 5 * time.Minute)
			if span := (venue.Span{From: from, To: last}); rapid.Bool().Draw(r, "kept") {
				all.kept = append(all.kept, KeptSpan{Span: span})
			} else {
				all.busy = append(all.busy, span)
			}
		}
		now := minuteOf(0, 0).Add(time.Duration(rapid.IntRange(0, 24*60).Draw(r, "now")) * time.Minute)
		stretches := f.stretches(now, hours, all)
		setup, clearing := f.Room.Buffers()
		tick := time.Duration(step) * time.Minute
		for from := minuteOf(0, 0); from.Before(hours.To); from = from.Add(tick) {
			for to := from.Add(max(tick, time.Duration(least)*time.Minute)); !to.After(hours.To); to = to.Add(tick) {
				use := venue.Span{From: from, To: to}
				if (to.Sub(from) % tick) != 0 {
					continue
				}
				free := from.After(now) && !from.Before(hours.From)
				for _, b := range all.busy {
					free = free && !b.Overlaps(use.Wide(setup, clearing))
				}
				for _, b := range all.kept {
					free = free && !b.Overlaps(use.Wide(setup, clearing))
				}
				told := false
				for _, s := range stretches {
					told = told || !from.Before(s.From) && !to.After(s.To)
				}
				if free != told {
					r.Fatalf("%s to %s: free %v, told %v by %v (taken %v)", from, to, free, told, stretches, all)
				}
			}
		}
	})
}
