package site_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

// An event's badges tell the best of its dates: over for the next one is not over.
func TestBadgesTellTheBestOfTheDates(t *testing.T) {
	t.Parallel()
	k := setup(t)
	before := func(days int) *time.Time { at := noon.AddDate(0, 0, days); return &at }
	for name, tt := range map[string]struct {
		closes, opens [2]*time.Time
		seats         [2]int
		want          string
	}{
		"both open":             {seats: [2]int{10, 10}, want: "席をとる余裕あり"},
		"the next one is over":  {closes: [2]*time.Time{before(-1), nil}, seats: [2]int{10, 10}, want: "席をとる余裕あり"},
		"the later one is over": {closes: [2]*time.Time{nil, before(-1)}, seats: [2]int{10, 10}, want: "席をとる余裕あり"},
		"both are over":         {closes: [2]*time.Time{before(-1), before(-1)}, seats: [2]int{10, 10}, want: "受付終了"},
		"over, and not yet open": {
			closes: [2]*time.Time{before(-1), nil},
			opens:  [2]*time.Time{nil, before(1)},
			seats:  [2]int{10, 10},
			want:   "受付前",
		},
		"full, and not yet open": {opens: [2]*time.Time{nil, before(1)}, seats: [2]int{0, 10}, want: "受付前"},
		"full, and open":         {seats: [2]int{0, 10}, want: "席をとる余裕あり"},
		"full, and over":         {closes: [2]*time.Time{nil, before(-1)}, seats: [2]int{0, 10}, want: "席をとる満席"},
	} {
		e := k.publish("bunkyo", meeting(func(in *event.Input) {
			next := in.Occurrences[0]
			next.Parts = append([]event.PartInput{}, next.Parts...)
			next.StartsAt, next.EndsAt = next.StartsAt.AddDate(0, 0, 7), next.EndsAt.AddDate(0, 0, 7)
			in.Occurrences = append(in.Occurrences, next)
			for i := range in.Occurrences {
				part := &in.Occurrences[i].Parts[0]
				part.OpensAt, part.ClosesAt = tt.opens[i], tt.closes[i]
				part.Quotas = []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: tt.seats[i]}}
			}
		}))
		got := text(k.page("/events/" + e.ID.String()).Find(".event-head .badges"))
		if !strings.HasPrefix(got, tt.want) || strings.Contains(got, "受付終了") != strings.Contains(tt.want, "受付終了") {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}
