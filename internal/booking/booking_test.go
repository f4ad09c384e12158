package booking

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestStatusTable(t *testing.T) {
	t.Parallel()
	rules := map[Status]struct{ occupies, over bool }{
		Waiting:   {false, false},
		Held:      {true, false},
		Requested: {true, false},
		Approved:  {true, false},
		Confirmed: {true, false},
		Done:      {true, true},
		Declined:  {false, true},
		Cancelled: {false, true},
		Lapsed:    {false, true},
	}
	if len(Statuses) != len(rules) {
		t.Fatalf("%d statuses are listed, %d have a rule", len(Statuses), len(rules))
	}
	for _, s := range Statuses {
		want, ok := rules[s]
		if !ok || s.Occupies() != want.occupies || s.Over() != want.over {
			t.Errorf("%s: occupies %t, over %t; want %+v", s, s.Occupies(), s.Over(), want)
		}
	}
}

func TestDueYen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state              Exemption
		fee, percent, want int
	}{
		{NoExemption, 1000, 50, 1000},
		{Asked, 1000, 50, 1000},
		{Refused, 1000, 50, 1000},
		{Granted, 1000, 0, 1000},
		{Granted, 1000, 50, 500},
		{Granted, 1000, 100, 0},
		{Granted, 0, 50, 0},
	} {
		b := Booking{FeeYen: &c.fee, Exemption: ExemptionState{State: c.state, Percent: c.percent}}
		if due := b.DueYen(); due == nil || *due != c.want {
			t.Errorf("%s %d%% of %d yen: due %v, want %d", c.state, c.percent, c.fee, due, c.want)
		}
	}
	if due := (Booking{Exemption: ExemptionState{State: Granted, Percent: 50}}).DueYen(); due != nil {
		t.Errorf("no fee is known: due %d, want nil", *due)
	}
}

func TestSide(t *testing.T) {
	t.Parallel()
	lender, borrower, other := uuid.New(), uuid.New(), uuid.New()
	lent := Booking{Lender: organization.Ref{ID: lender}, Borrower: organization.Ref{ID: borrower}}
	own := Booking{Lender: organization.Ref{ID: lender}, Borrower: organization.Ref{ID: lender}}
	for _, c := range []struct {
		name          string
		of            Booking
		asker         uuid.UUID
		lends, borrow bool
	}{
		{"lender", lent, lender, true, false},
		{"borrower", lent, borrower, false, true},
		{"stranger", lent, other, false, false},
		{"own room", own, lender, true, true},
	} {
		if lends, borrows := c.of.side(c.asker); lends != c.lends || borrows != c.borrow {
			t.Errorf("%s: lends %t, borrows %t", c.name, lends, borrows)
		}
	}
}

func TestHoldMinutes(t *testing.T) {
	t.Parallel()
	const most = 90 * 24 * 60
	now := clock.NewDate(2026, 12, 1).At(10, 0)
	for _, c := range []struct {
		lasts time.Duration
		want  int
	}{
		{-time.Hour, 1},
		{0, 1},
		{2*time.Minute - time.Second, 1},
		{2 * time.Minute, 2},
		{(most - 1) * time.Minute, most - 1},
		{most * time.Minute, most},
		{(most + 1) * time.Minute, most},
	} {
		if got := holdMinutes(now, now.Add(c.lasts)); got != c.want {
			t.Errorf("a hold of %s: %d minutes, want %d", c.lasts, got, c.want)
		}
	}
}

// TestSeriesDates tries each limit of a series at its last allowed value and just past it.
func TestSeriesDates(t *testing.T) {
	t.Parallel()
	const daily = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"
	const monthly = "FREQ=MONTHLY;BYDAY=4SA"
	first := clock.NewDate(2027, 1, 4) // a Monday
	day := func(n int) clock.Date { return first.AddDays(n) }
	const nine, ten = venue.TimeOfDay(9 * 60), venue.TimeOfDay(10 * 60)
	for _, c := range []struct {
		name         string
		rule         string
		starts, ends venue.TimeOfDay
		last         clock.Date
		dates        int
		field, code  string // of the refusal
	}{
		{"one day", daily, nine, ten, day(0), 1, "", ""},
		{"last before first", daily, nine, ten, day(-1), 0, "last_day", "times_out_of_order"},
		{"no last day", daily, nine, ten, clock.Date{}, 0, "last_day", "times_out_of_order"},
		{"most dates", daily, nine, ten, day(MaxSeries - 1), MaxSeries, "", ""},
		{"a date too many", daily, nine, ten, day(MaxSeries), 0, "rule", "too_many"},
		{"most days", monthly, nine, ten, day(seriesDays), 13, "", ""},
		{"a day too many", monthly, nine, ten, day(seriesDays + 1), 0, "last_day", "longer_than_400_days"},
		{"a minute", daily, nine, nine + 1, day(0), 1, "", ""},
		{"no time", daily, nine, nine, day(0), 0, "ends_time", "times_out_of_order"},
		{"ends before it starts", daily, ten, nine, day(0), 0, "ends_time", "times_out_of_order"},
		{"from midnight to midnight", daily, 0, venue.EndOfDay, day(0), 1, "", ""},
		{"starts before the day", daily, -1, nine, day(0), 0, "ends_time", "times_out_of_order"},
		{"ends past the day", daily, nine, venue.EndOfDay + 1, day(0), 0, "ends_time", "times_out_of_order"},
		{"longest interval", "FREQ=WEEKLY;INTERVAL=100;BYDAY=MO", nine, ten, day(0), 1, "", ""},
		{"interval too long", "FREQ=WEEKLY;INTERVAL=101;BYDAY=MO", nine, ten, day(0), 0, "rule", "unknown_value"},
		{"no date within", "FREQ=WEEKLY;BYDAY=TU", nine, ten, day(0), 0, "rule", "required"},
		{"no rule", "nonsense", nine, ten, day(0), 0, "rule", "invalid_format"},
	} {
		r := SeriesRequest{Rule: c.rule, Starts: c.starts, Ends: c.ends, First: first, Last: c.last}
		dates, err := r.dates()
		if c.field == "" {
			if err != nil || len(dates) != c.dates || !slices.IsSortedFunc(dates, clock.Date.Compare) {
				t.Errorf("%s: %d dates, %v; want %d", c.name, len(dates), err, c.dates)
			}
			continue
		}
		refusal, ok := fault.As(err)
		if !ok || refusal.Code != ErrSeriesRule.Code || len(refusal.Fields) != 1 ||
			refusal.Fields[0].Name != c.field || refusal.Fields[0].Code != c.code {
			t.Errorf("%s: %v %+v; want %s of %s", c.name, dates, err, c.code, c.field)
		}
	}
}
