package demo

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

func TestDaysAreFoundAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := days{
			Weekday: weekday(rapid.IntRange(0, 6).Draw(t, "weekday")),
			Nth:     rapid.SliceOfNDistinct(rapid.IntRange(1, 4), 1, 4, rapid.ID).Draw(t, "nth"),
			Each:    rapid.Bool().Draw(t, "each"),
		}
		slices.Sort(r.Nth)
		if rapid.Bool().Draw(t, "some months") {
			r.Months = []time.Month{2, 7, 11}
		}
		start := clock.NewDate(2026, 1, 1).AddDays(rapid.IntRange(0, 2000).Draw(t, "start"))
		later := start.AddDays(rapid.IntRange(0, 60).Draw(t, "later"))
		first, second := r.from(start, 12), r.from(later, 4)
		for i, d := range first {
			if d.Before(start) || d.Weekday() != time.Weekday(r.Weekday) || i > 0 && !d.After(first[i-1]) {
				t.Fatalf("%v from %s", first, start)
			}
		}
		// What a later load wants, an earlier one has seen, as far as it looked.
		for _, d := range second {
			if !d.After(first[len(first)-1]) && !slices.Contains(first, d) {
				t.Fatalf("%s is not among %v", d, first)
			}
		}
	})
}

func TestDaysTakeTurnsAcrossTheYear(t *testing.T) {
	t.Parallel()
	r := days{Weekday: weekday(time.Saturday), Nth: []int{3, 4}}
	var got []string
	for _, d := range r.from(clock.NewDate(2026, 11, 30), 3) {
		got = append(got, d.String())
	}
	if want := []string{"2026-12-19", "2027-01-23", "2027-02-20"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
