package admission

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// roomAt is the end of the entry after which enough seats are left; entries that end at one moment
// leave together.
func TestWhenTheWindowHasRoom(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	ago := func(d time.Duration, seats int) taken { return taken{at: now.Add(-d), seats: seats} }
	const most = 4
	for name, c := range map[string]struct {
		entries []taken
		seats   int
		want    time.Duration // from now
	}{
		"nothing taken":      {nil, 4, 0},
		"as many as fit":     {[]taken{ago(time.Minute, 2)}, 2, 0},
		"one more than fits": {[]taken{ago(time.Minute, 3)}, 2, 9 * time.Minute},
		"the first to leave is enough": {[]taken{ago(time.Minute, 2), ago(5*time.Minute, 2)}, 2,
			5 * time.Minute},
		"both have to leave": {[]taken{ago(time.Minute, 2), ago(5*time.Minute, 2)}, 4,
			9 * time.Minute},
		"two that leave at one moment": {[]taken{ago(5*time.Minute, 2), ago(5*time.Minute, 2)}, 4,
			5 * time.Minute},
		"three that leave at one moment": {[]taken{ago(5*time.Minute, 1), ago(5*time.Minute, 2),
			ago(5*time.Minute, 1)}, 4, 5 * time.Minute},
		"two at one moment, then a later one": {[]taken{ago(time.Minute, 1), ago(5*time.Minute, 2),
			ago(5*time.Minute, 1)}, 3, 5 * time.Minute},
		"an entry that leaves now":              {[]taken{ago(window, 4)}, 4, 0},
		"an entry that leaves in a moment":      {[]taken{ago(window-1, 4)}, 4, 1},
		"more than may be had by anybody, ever": {[]taken{ago(time.Minute, 1)}, 5, 9 * time.Minute},
	} {
		w, quota := newWindows(), uuid.New()
		networks := []network{{1}, {2}}
		slices.SortFunc(c.entries, func(a, b taken) int { return a.at.Compare(b.at) })
		for i, e := range c.entries { // under either of the network's names
			w.add(networks[i%2], quota, e)
		}
		if got := w.roomAt(networks, quota, c.seats, most, now).Sub(now); got != c.want {
			t.Errorf("%s: in %s, want in %s", name, got, c.want)
		}
	}
}

// An entry counts until it is ten minutes old; one of the future counts as taken now.
func TestFreshEntries(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	for age, kept := range map[time.Duration]bool{
		0: true, window - 1: true, window: false, window + 1: false, -time.Hour: true,
	} {
		got := fresh([]taken{{at: now.Add(-age), seats: 1}}, now)
		if (len(got) == 1) != kept {
			t.Errorf("an entry of %s: kept %v, want %v", age, got, kept)
		}
		if age < 0 && !got[0].at.Equal(now) {
			t.Errorf("an entry of the future is of %s", got[0].at)
		}
	}
}
