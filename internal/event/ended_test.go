package event_test

import (
	"slices"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
)

// What is over is not offered, to the moment; what is on still is, however long ago it began. [R4]
func TestWhatIsOverIsNotOffered(t *testing.T) {
	t.Parallel()
	w := setup(t)
	date := func(title string, from, to time.Time) event.Input {
		in := gathering(title, 1)
		in.Occurrences = []event.OccurrenceInput{
			{StartsAt: from, EndsAt: to, Place: event.Place{Kind: event.InPerson, Name: "市民センター"}},
		}
		return in
	}
	w.publish("kiyose", date("午後の会", day(0, 14, 0), day(0, 16, 0)))
	w.publish("kiyose", date("夜の会", day(0, 22, 0), day(1, 1, 0)))
	w.publish("kiyose", date("一週間の展示", day(1, 10, 0), day(8, 17, 0)))
	twice := date("くりかえす会", day(0, 13, 0), day(0, 15, 0))
	twice.Occurrences = append(
		twice.Occurrences,
		event.OccurrenceInput{StartsAt: day(9, 13, 0), EndsAt: day(9, 15, 0), Place: event.Place{Kind: event.InPerson}},
	)
	w.publish("kiyose", twice)
	today := day(0, 0, 0)
	for _, c := range []struct {
		at     time.Time
		filter search.Filter
		want   []string
	}{
		{day(0, 14, 59), search.Filter{}, []string{"くりかえす会", "午後の会", "夜の会", "一週間の展示"}},
		{day(0, 15, 0), search.Filter{}, []string{"午後の会", "夜の会", "一週間の展示", "くりかえす会"}},
		{day(0, 16, 0).Add(-time.Second), search.Filter{}, []string{"午後の会", "夜の会", "一週間の展示", "くりかえす会"}},
		{day(0, 16, 0), search.Filter{}, []string{"夜の会", "一週間の展示", "くりかえす会"}},
		// who asks for past days sees them
		{day(0, 16, 0), search.Filter{From: &today}, []string{"くりかえす会", "午後の会", "夜の会", "一週間の展示"}},
		{day(0, 16, 0), search.Filter{From: &today, NotEnded: true}, []string{"夜の会", "一週間の展示", "くりかえす会"}},
		{day(0, 16, 0), search.Filter{Organization: "kiyose", Kind: "joshikai"}, []string{"夜の会", "一週間の展示", "くりかえす会"}},
		{day(0, 16, 0), search.Filter{Query: "午後"}, nil},
		{day(1, 0, 59), search.Filter{}, []string{"夜の会", "一週間の展示", "くりかえす会"}},
		{day(1, 1, 0), search.Filter{}, []string{"一週間の展示", "くりかえす会"}},
		{day(8, 16, 59), search.Filter{}, []string{"一週間の展示", "くりかえす会"}},
		{day(8, 17, 0), search.Filter{}, []string{"くりかえす会"}},
		{day(9, 15, 0), search.Filter{}, nil},
	} {
		w.clock.Set(c.at)
		if got := w.titles(c.filter); !slices.Equal(got, c.want) {
			t.Errorf("at %s, %+v: %v, want %v", c.at.Format("2 15:04:05"), c.filter, got, c.want)
		}
	}
	w.clock.Set(day(0, 15, 0))
	page := must[search.Page](t)(w.search.List(w.ctx, search.Filter{}))
	for _, item := range page.Items {
		for _, o := range item.Event.Occurrences {
			if !o.EndsAt.After(day(0, 15, 0)) {
				t.Errorf("%s is listed with a date that is over", item.Event.Title)
			}
		}
	}
}
