package site_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// On a Saturday night nobody is led to a gathering that ended at nine; who asks for days that are
// past still finds them. [R4]
func TestPagesOfferNothingThatIsOver(t *testing.T) {
	t.Parallel()
	k := setup(t)
	saturday := clock.DateOf(noon).AddDays(6)
	k.publish("kiyose", event.Input{Kind: "ibasho", Title: "土曜の夜の会", Occurrences: []event.OccurrenceInput{
		{
			StartsAt: saturday.At(19, 0),
			EndsAt:   saturday.At(21, 0),
			Place:    event.Place{Kind: event.InPerson, Name: "市民センター"},
		},
	}})
	weekend := "/events?from=" + saturday.String() + "&to=" + saturday.AddDays(1).String()
	for _, c := range []struct {
		at    time.Time
		shown bool
	}{{saturday.At(20, 59), true}, {saturday.At(21, 0), false}, {saturday.At(22, 48), false}} {
		k.clock.Set(c.at)
		for _, path := range []string{
			"/",
			"/events",
			weekend,
			"/events?q=" + "%E5%A4%9C%E3%81%AE",
			"/organizations/kiyose",
		} {
			if got := strings.Contains(k.page(path).Text(), "土曜の夜の会"); got != c.shown {
				t.Errorf("%s at %s: shown %v", path, c.at.Format("15:04"), got)
			}
		}
		if !strings.Contains(k.page("/events?from="+saturday.AddDays(-1).String()).Text(), "土曜の夜の会") {
			t.Errorf("asked for from yesterday on, at %s: not found", c.at.Format("15:04"))
		}
	}
}
