package demo_test

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/report"
)

// What is over has its figures, made on the way that residents' answers go.
func TestPastDatesHaveFigures(t *testing.T) {
	t.Parallel()
	b, _ := loaded(t, onWednesday)
	reports := report.NewService(b.db, b.directory)
	year := func(slug string) report.Year {
		town, err := b.view(t).BySlug(slug)
		if err != nil {
			t.Fatal(err)
		}
		y, err := reports.Year(t.Context(), town.ID, 2026)
		if err != nil {
			t.Fatal(err)
		}
		return y
	}
	// April, May and June's second Mondays; 34 people each.
	y := year("toshima")
	if len(y.Events) != 1 || y.Total.Dates != 3 || y.Total.Registered != (report.Figure{Value: 105}) ||
		y.Total.Came != (report.Figure{Value: 90}) ||
		y.Total.DatesBrokenDown != 3 ||
		len(y.Total.Breakdown) != 3 ||
		y.Total.OutsidePercent == nil {
		t.Errorf("toshima's year: %+v", y)
	}
	// Twelve people each: broken down two by two, within a fiscal year.
	y = year("bunkyo")
	if y.Total.Dates != 2 || y.Total.Registered != (report.Figure{Value: 20}) || y.Total.DatesBrokenDown != 2 ||
		len(y.Total.Breakdown) != 2 ||
		y.Total.Breakdown[1].Question != event.AskStanding {
		t.Errorf("bunkyo's year: %+v", y)
	}
	var raw int
	if err := b.Pool(
		t,
	).QueryRow(
		t.Context(),
		"select count(*) from answer_counter",
	).Scan(
		&raw,
	); err != nil ||
		raw != 0 {
		t.Errorf("%d counters are left, %v", raw, err)
	}
	before := b.counts(t)["occurrence"]
	b.clock.Advance(time.Minute)
	b.load(t)
	if after := b.counts(t)["occurrence"]; after != before {
		t.Errorf("the second load made %d dates of %d", after, before)
	}
}
