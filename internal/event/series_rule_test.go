package event_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Rules that fall on no day for two years are refused, with a word of their own [S2], and so is
// INTERVAL=0 [F16].
func TestRulesThatNeverFallAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i, tt := range []struct{ rule, first, want string }{
		{"FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;BYMONTH=2", "2026-12", "rule_never_falls"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-12", "rule_never_falls"},
		{"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5", "2026-12", "rule_never_falls"},
		{"FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=4,6,9,11", "2026-12", "rule_never_falls"},
		// The 29th of February 2028 is the last day of the 24th month from March 2026, and of the
		// 25th from February.
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-02", "rule_never_falls"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-03", ""},
		{"FREQ=MONTHLY;INTERVAL=0;BYDAY=4SA", "2026-12", "rule_not_monthly"},
		{"FREQ=MONTHLY;INTERVAL=12;BYDAY=4SA", "2026-12", ""},
		{"FREQ=MONTHLY;INTERVAL=13;BYDAY=4SA", "2026-12", "rule_not_monthly"},
		{"FREQ=DAILY", "2026-12", "rule_not_monthly"},
		{"FREQ=MONTHLY;COUNT=3", "2026-12", "rule_not_monthly"},
		{"FREQ=YEARLY;BYMONTH=6;BYDAY=2SA", "2026-12", ""},
		{"FREQ=WEEKLY;BYDAY=TU,FR", "2026-12", ""},
	} {
		e := must[event.Event](t)(w.events.Create(w.ctx, w.by["toshima"], gathering("定例"+string(rune('A'+i)), 7)))
		_, err := w.events.CreateSeries(w.ctx, w.by["toshima"], e.ID, event.SeriesInput{
			Rule:       tt.rule,
			RuleText:   "決まった日",
			Choose:     event.ChooseEvery,
			FirstMonth: tt.first,
			Template: event.Template{
				StartsTime: "13:30",
				EndsTime:   "16:00",
				Place:      event.Place{Kind: event.InPerson, Name: "会場"},
			},
		})
		got := ""
		if refusal, ok := fault.As(err); ok && len(refusal.Fields) == 1 && refusal.Fields[0].Name == "rule" {
			got = refusal.Fields[0].Code
		} else if err != nil {
			t.Errorf("%s: %v", tt.rule, err)
		}
		if got != tt.want {
			t.Errorf("%s from %s: %q, want %q", tt.rule, tt.first, got, tt.want)
		}
	}
}

// What was stored before such rules were refused costs a page nothing either [S2]; without the
// bound this test ends by its time.
func TestStoredRulesThatNeverFall(t *testing.T) {
	t.Parallel()
	today := clock.DateOf(noon)
	for _, rule := range []string{
		"FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;BYMONTH=2",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
		"FREQ=MONTHLY;BYMONTHDAY=" + strings.Repeat("31,", 80) + "31;BYMONTH=2",
	} {
		s := event.Series{Rule: rule, Choose: event.ChooseOne, FirstMonth: clock.NewDate(2020, time.January, 1)}
		if got := s.OpenMonths(today, 3); len(got) != 0 {
			t.Errorf("%s: open months %v", rule, got)
		}
	}
	lax := event.Series{
		Rule:       "FREQ=MONTHLY;INTERVAL=0;BYDAY=4SA",
		Choose:     event.ChooseOne,
		FirstMonth: clock.NewDate(2026, time.November, 1),
	}
	if got := lax.Candidates(
		clock.NewDate(2026, time.December, 1),
	); len(got) != 1 ||
		got[0] != clock.NewDate(2026, time.December, 26) {
		t.Errorf("a stored INTERVAL=0: %v", got)
	}
}
