package event

import (
	"reflect"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

func TestCheckRule(t *testing.T) {
	t.Parallel()
	december := clock.NewDate(2026, 12, 1)
	for _, c := range []struct {
		rule  string
		first clock.Date
		want  string
	}{
		{"FREQ=MONTHLY;BYDAY=4SA", december, ""},
		{"FREQ=WEEKLY;BYDAY=TU,FR", december, ""},
		{"FREQ=YEARLY;BYMONTH=6;BYDAY=2SA", december, ""},
		{"FREQ=DAILY", december, "rule_not_monthly"},
		{"FREQ=DAILY;INTERVAL=2", december, "rule_not_monthly"},
		{"", december, "rule_not_monthly"},
		{"FREQ=MONTHLY;COUNT=3", december, "rule_not_monthly"},
		{"FREQ=MONTHLY;INTERVAL=0;BYDAY=4SA", december, "rule_not_monthly"},
		{"FREQ=MONTHLY;INTERVAL=1;BYDAY=4SA", december, ""},
		{"FREQ=MONTHLY;INTERVAL=12;BYDAY=4SA", december, ""},
		{"FREQ=MONTHLY;INTERVAL=13;BYDAY=4SA", december, "rule_not_monthly"},
		// The 29th of February 2028 is the last day of the 24th month from March 2026, and of the
		// 25th from February. The 1st of March falls within both.
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", clock.NewDate(2026, 2, 1), "rule_never_falls"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", clock.NewDate(2026, 3, 1), ""},
		{"FREQ=YEARLY;INTERVAL=2;BYMONTH=3;BYMONTHDAY=1", clock.NewDate(2026, 3, 1), ""},
		{"FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=1", clock.NewDate(2026, 3, 1), "rule_never_falls"},
	} {
		if got := checkRule(c.rule, c.first); got != c.want {
			t.Errorf("%s from %v: %q, want %q", c.rule, c.first, got, c.want)
		}
	}
}

// A rule is asked for whole months: neither a day of the month before nor one of the next.
func TestCandidatesOfAMonth(t *testing.T) {
	t.Parallel()
	s := Series{Rule: "FREQ=MONTHLY;BYMONTHDAY=1,-1", Choose: ChooseEvery, FirstMonth: clock.NewDate(2026, 11, 1)}
	want := []clock.Date{clock.NewDate(2026, 12, 1), clock.NewDate(2026, 12, 31)}
	if got := s.Candidates(clock.NewDate(2026, 12, 1)); !reflect.DeepEqual(got, want) {
		t.Errorf("candidates %v, want %v", got, want)
	}
	for _, rule := range []string{"", "no rule"} {
		if got := (&Series{Rule: rule}).Candidates(clock.NewDate(2026, 12, 1)); got != nil {
			t.Errorf("candidates of %q: %v", rule, got)
		}
	}
	for _, c := range []struct {
		n    int
		want clock.Date
	}{{0, clock.NewDate(2026, 12, 1)}, {1, clock.NewDate(2027, 1, 1)}, {-1, clock.NewDate(2026, 11, 1)},
		{12, clock.NewDate(2027, 12, 1)}} {
		if got := addMonths(clock.NewDate(2026, 12, 1), c.n); got != c.want {
			t.Errorf("%d months from December: %v, want %v", c.n, got, c.want)
		}
	}
}

func TestOpenMonthsOfARule(t *testing.T) {
	t.Parallel()
	// Every other month from December on; February is decided.
	s := Series{
		Rule: "FREQ=MONTHLY;INTERVAL=2;BYDAY=2SA", Choose: ChooseOne, FirstMonth: clock.NewDate(2026, 12, 1),
		Months: []Month{{Month: clock.NewDate(2027, 2, 1)}},
	}
	want := []clock.Date{clock.NewDate(2026, 12, 1), clock.NewDate(2027, 4, 1), clock.NewDate(2027, 6, 1)}
	if got := s.OpenMonths(clock.NewDate(2026, 12, 31), 3); !reflect.DeepEqual(got, want) {
		t.Errorf("open months %v, want %v", got, want)
	}
	// Twenty-four months are looked at, this one among them.
	free := Series{Choose: ChooseFree, FirstMonth: clock.NewDate(2026, 12, 1)}
	months := free.OpenMonths(clock.NewDate(2026, 12, 15), 99)
	if len(months) != 24 || months[23] != clock.NewDate(2028, 11, 1) {
		t.Errorf("%d open months, the last %v", len(months), months[len(months)-1])
	}
}

func TestAMonthHas31DatesAtMost(t *testing.T) {
	t.Parallel()
	month := clock.NewDate(2026, 12, 1)
	s := Series{Choose: ChooseFree, FirstMonth: month}
	var dates []clock.Date
	for d := range 31 {
		dates = append(dates, month.AddDays(d))
	}
	if err := s.allowed(month, MonthChoice{Dates: dates}); err != nil {
		t.Errorf("31 dates: %v", err)
	}
	got := broken(s.allowed(month, MonthChoice{Dates: append(dates, month)}))
	if want := (map[string]string{"dates": "too_many"}); !reflect.DeepEqual(got, want) {
		t.Errorf("32 dates: %v, want %v", got, want)
	}
	for choice, want := range map[string]string{"twice": "twice", "none": "required"} {
		dates := []clock.Date{month, month}
		if choice == "none" {
			dates = nil
		}
		if got := broken(s.allowed(month, MonthChoice{Dates: dates})); got["dates"] != want {
			t.Errorf("dates %v: %v, want %s", dates, got, want)
		}
	}
}

func TestATemplatesRegistrationEndsWithThePart(t *testing.T) {
	t.Parallel()
	day, none := clock.NewDate(2026, 12, 5), 0
	for ends, want := range map[string]time.Time{
		"23:59": day.At(23, 59), // the end of the day comes a minute later
		"10:30": day.At(10, 30),
	} {
		template := Template{StartsTime: "10:00", EndsTime: ends, Parts: []PartTemplate{{ClosesDaysBefore: &none}}}
		if got := template.On(day).Parts[0].ClosesAt; !got.Equal(want) {
			t.Errorf("until %s: closes at %v, want %v", ends, got, want)
		}
	}
	one := 1
	template := Template{StartsTime: "00:00", EndsTime: "00:30", Parts: []PartTemplate{{ClosesDaysBefore: &one}}}
	if got := template.On(day).Parts[0].ClosesAt; !got.Equal(day.At(0, 0)) {
		t.Errorf("the end of the day before: %v", got)
	}
}

func TestCheckSeries(t *testing.T) {
	t.Parallel()
	good := SeriesInput{
		Rule: "FREQ=MONTHLY;BYDAY=4SA", RuleText: "毎月第4土曜日", Choose: ChooseEvery, FirstMonth: "2026-12",
		Template: Template{StartsTime: "13:30", EndsTime: "16:00", Place: Place{Kind: InPerson}},
	}
	for _, c := range []struct {
		name   string
		change func(*SeriesInput)
		want   map[string]string
	}{
		{"as it may be", func(*SeriesInput) {}, nil},
		{"no words for it", func(s *SeriesInput) { s.RuleText = "" }, map[string]string{"rule_text": "required"}},
		{"a rule of days", func(s *SeriesInput) { s.Rule = "FREQ=DAILY" },
			map[string]string{"rule": "rule_not_monthly"}},
		{"dates named by a person need no rule", func(s *SeriesInput) { s.Rule, s.Choose = "", ChooseFree }, nil},
		{"a month alone", func(s *SeriesInput) { s.LastMonth = "2026-12" }, nil},
		{"two months", func(s *SeriesInput) { s.LastMonth = "2027-01" }, nil},
		{"back in time", func(s *SeriesInput) { s.LastMonth = "2026-11" },
			map[string]string{"last_month": "times_out_of_order"}},
		{"both", func(s *SeriesInput) { s.Rule, s.LastMonth = "FREQ=DAILY", "2026-11" },
			map[string]string{"rule": "rule_not_monthly", "last_month": "times_out_of_order"}},
		{"a template that ends as it starts", func(s *SeriesInput) { s.Template.EndsTime = "13:30" },
			map[string]string{"ends_at": "times_out_of_order"}},
	} {
		in := good
		c.change(&in)
		if got := broken(checkSeries(in)); !reflect.DeepEqual(got, orEmpty(c.want)) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
