package site_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// TestProofAPageOfARuleThatNeverFalls views the page of an event whose stored rule falls on no day
// [S2]: 12 s of CPU a view once, now 50 ms at most.
func TestProofAPageOfARuleThatNeverFalls(t *testing.T) {
	t.Parallel()
	const bound = 50 * time.Millisecond
	k := setup(t)
	e, err := k.events.Create(t.Context(), k.by["toshima"], meeting(nil))
	if err != nil {
		t.Fatal(err)
	}
	e, err = k.events.CreateSeries(t.Context(), k.by["toshima"], e.ID, event.SeriesInput{
		Rule:       "FREQ=MONTHLY;BYDAY=4SA",
		RuleText:   "毎月 第4土曜日",
		Choose:     event.ChooseOne,
		FirstMonth: "2026-11",
		Template: event.Template{
			StartsTime: "13:30",
			EndsTime:   "16:00",
			Place:      event.Place{Kind: event.InPerson, Name: "会場"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.events.Publish(t.Context(), k.by["toshima"], e.ID); err != nil {
		t.Fatal(err)
	}
	path := "/events/" + e.ID.String()
	for _, rule := range []string{
		"FREQ=MONTHLY;BYDAY=4SA",
		"FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;BYMONTH=2",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
	} {
		// Such a rule is refused now; those of before are still there.
		if _, err := k.bundle.Pool(
			t,
		).Exec(
			t.Context(),
			"update series set rule = $1 where event_id = $2",
			rule,
			e.ID,
		); err != nil {
			t.Fatal(err)
		}
		var views []time.Duration
		for range testkit.Size(5, 50) {
			views = append(views, testkit.ThreadCPU(t, func() {
				if got := k.get(path); got.Code != 200 {
					t.Errorf("%s: %d", rule, got.Code)
				}
			}))
			k.clock.Set(k.clock.Now().Add(time.Second)) // no page is kept for the next
		}
		slices.Sort(views)
		median := views[len(views)/2]
		if median > bound {
			t.Errorf("%s: the median view takes %s of CPU, at most %s is fine", rule, median, bound)
		}
		testkit.Figure(t, "%s: %s of CPU a view (median of %d)", rule, median.Round(10*time.Microsecond), len(views))
	}
	if clock.DateOf(k.clock.Now()) != clock.DateOf(noon) {
		t.Error("the day has passed")
	}
}
