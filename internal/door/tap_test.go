package door

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

func TestTapsCountOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	a, b := plus(1), plus(3)
	if now := k.tap(token, a, b); now.Count != 4 {
		t.Errorf("1 and 3 are %d", now.Count)
	}
	if now := k.tap(token, b, a, b, plus(1), a); now.Count != 5 {
		t.Errorf("sent again with one more: %d, want 5", now.Count)
	}
	if now := k.tap(token, Tap{ID: a.ID, Delta: 20}); now.Count != 5 {
		t.Errorf("an id with another delta: %d, want 5", now.Count)
	}
	// The same id counts in another part: it is another counter.
	if now, err := k.service.Tap(t.Context(), token, k.event.Parts[0].ID, []Tap{a}); err != nil || now.Count != 1 {
		t.Errorf("the other part: %d, %v", now.Count, err)
	}
}

// What is shown never falls below nothing, and the sum behind it is kept: the phone that counted
// who came may send after the one that counted who left.
func TestCountNeverFallsBelowNothing(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	less := plus(-2)
	for range 2 {
		if now := k.tap(token, less); now.Count != 0 {
			t.Errorf("nobody less two: %d", now.Count)
		}
	}
	if now := k.tap(token, plus(1)); now.Count != 0 {
		t.Errorf("one of the two came: %d", now.Count)
	}
	if counts, err := k.service.Counts(
		t.Context(),
		k.by.Organization,
		k.event.ID,
	); err != nil ||
		counts[k.free()].Count != 0 {
		t.Errorf("staff read %d, %v", counts[k.free()].Count, err)
	}
	if d, err := k.service.Open(t.Context(), token); err != nil || d.Parts[1].Count.Count != 0 {
		t.Errorf("the door reads %d, %v", d.Parts[1].Count.Count, err)
	}
	if now := k.tap(token, plus(3)); now.Count != 2 {
		t.Errorf("two less, four more: %d, want 2", now.Count)
	}
	if peak := k.number("select peak from door_counter where part_id = $1", k.free()); peak != 2 {
		t.Errorf("at most %d were inside, want 2", peak)
	}
}

// Whichever phone finds the network first, the same taps give the same count; between them it is
// what fits the sum so far.
func TestTapsInEveryOrder(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	deltas, want := []int{3, -2, -5, 6, -1}, 1
	var orders func(done, left []int)
	orders = func(done, left []int) {
		if len(left) > 0 {
			for i := range left {
				orders(append(slices.Clone(done), left[i]), slices.Delete(slices.Clone(left), i, i+1))
			}
			return
		}
		k.exec("delete from door_counter")
		sum := 0
		for _, n := range done {
			sum += n
			if now := k.tap(token, plus(n)); now.Count != max(0, sum) {
				t.Errorf("%v shows %d after %+d, want %d", done, now.Count, n, max(0, sum))
			}
		}
		if got := k.number("select count from door_counter where part_id = $1", k.free()); got != want {
			t.Errorf("%v is %d in the end, want %d", done, got, want)
		}
	}
	orders(nil, deltas)
	// As many as can be shown, and more: those who leave are taken off the sum, not off what is
	// shown.
	k.exec("update door_counter set count = 999999, beyond = 0")
	for _, c := range []struct{ tap, want int }{{5, 1_000_000}, {-3, 1_000_000}, {-2, 999_999}} {
		if now := k.tap(token, plus(c.tap)); now.Count != c.want {
			t.Errorf("%+d shows %d, want %d", c.tap, now.Count, c.want)
		}
	}
}

// Eight phones send two hundred taps each, in batches, every batch twice and some of them from two
// phones at once.
func TestTapsFromManyPhones(t *testing.T) {
	t.Parallel()
	k := setup(t)
	const phones, taps, batch = 8, 200, 20
	token := k.link()
	want, shared := 0, make([]Tap, 40)
	for i := range shared {
		shared[i] = plus(1)
	}
	want += len(shared)
	var all sync.WaitGroup
	failed := make(chan error, phones*taps)
	for range phones {
		own := make([]Tap, taps)
		for i := range own {
			own[i] = plus(1)
			if i%5 == 0 {
				own[i] = plus(-2)
			}
			want += own[i].Delta
		}
		sends := append(slices.Collect(slices.Chunk(own, batch)), slices.Collect(slices.Chunk(own, batch))...)
		sends = append(sends, slices.Collect(slices.Chunk(slices.Clone(shared), batch))...)
		for _, s := range sends[len(sends)-2:] {
			rand.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
		}
		rand.Shuffle(len(sends), func(i, j int) { sends[i], sends[j] = sends[j], sends[i] })
		all.Go(func() {
			for _, s := range sends {
				if _, err := k.service.Tap(t.Context(), token, k.free(), s); err != nil {
					failed <- err
				}
			}
		})
	}
	all.Wait()
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	if got := k.number("select count from door_counter where part_id = $1", k.free()); got != want {
		t.Errorf("counted %d, want %d", got, want)
	}
	if sum := k.number("select sum(delta) from door_tap where part_id = $1", k.free()); sum != want {
		t.Errorf("the taps add up to %d, want %d", sum, want)
	}
}

func TestTapsAreRefused(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	other := k.gathering(k.event.StartsAt)
	for what, c := range map[string]struct {
		part uuid.UUID
		taps []Tap
		want error
	}{
		"no tap":              {k.free(), nil, ErrTaps},
		"nothing":             {k.free(), []Tap{plus(1), plus(0)}, ErrTaps},
		"a crowd":             {k.free(), []Tap{plus(21)}, ErrTaps},
		"a crowd that leaves": {k.free(), []Tap{plus(-21)}, ErrTaps},
		"too many":            {k.free(), slices.Repeat([]Tap{plus(1)}, MaxTaps+1), ErrTaps},
		"an unknown part":     {uuid.New(), []Tap{plus(1)}, ErrPart},
		"another date's part": {other.Parts[1].ID, []Tap{plus(1)}, ErrPart},
	} {
		_, err := k.service.Tap(t.Context(), token, c.part, c.taps)
		k.want(what, err, c.want)
	}
	if n := k.number("select count(*) from door_tap"); n != 0 {
		t.Errorf("%d taps were counted", n)
	}
}

func TestBand(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	set := func(n *int) Count {
		t.Helper()
		now, err := k.service.SetCapacity(t.Context(), k.by, k.event.ID, k.event.OccurrenceID, k.free(), n)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	public := func() event.Band {
		t.Helper()
		e, err := k.events.Published(t.Context(), k.event.ID)
		if err != nil {
			t.Fatal(err)
		}
		if e.Occurrences[0].Parts[0].DoorBand != "" {
			t.Error("a part with seats has a band of the door")
		}
		return e.Occurrences[0].Parts[1].DoorBand
	}
	if got := public(); got != "" {
		t.Errorf("nobody counts: %q", got)
	}
	if now := set(new(10)); now.Band != event.BandAvailable || now.Count != 0 {
		t.Errorf("an empty room: %+v", now)
	}
	for _, c := range []struct {
		tap  int
		want event.Band
	}{
		{7, event.BandAvailable},
		{1, event.BandFew},
		{1, event.BandFew},
		{1, event.BandFull},
		{5, event.BandFull},
		{-7, event.BandFew},
	} {
		if now := k.tap(token, plus(c.tap)); now.Band != c.want || *now.Capacity != 10 || public() != c.want {
			t.Errorf("%d of 10: the door says %q, the public %q, want %q", now.Count, now.Band, public(), c.want)
		}
		d, err := k.service.Open(t.Context(), token)
		if err != nil || d.Parts[1].Band != c.want {
			t.Errorf("the open door says %q, %v", d.Parts[1].Band, err)
		}
	}
	set(new(100))
	if got := public(); got != event.BandAvailable {
		t.Errorf("a larger room: %q", got)
	}
	for _, at := range []time.Time{k.event.StartsAt.Add(-Before - time.Second), k.event.EndsAt} {
		k.clock.Set(at)
		if got := public(); got != "" {
			t.Errorf("at %v the public hears %q", at, got)
		}
	}
	k.clock.Set(k.event.StartsAt)
	if now := set(nil); now.Band != "" || public() != "" {
		t.Errorf("nobody knows how many fit: %+v", now)
	}
	for _, n := range []int{0, -1, MaxCapacity + 1} {
		_, err := k.service.SetCapacity(t.Context(), k.by, k.event.ID, k.event.OccurrenceID, k.free(), &n)
		k.want("a capacity out of range", err, ErrCapacity)
	}
	_, err := k.service.SetCapacity(t.Context(), k.by, k.event.ID, k.event.OccurrenceID, uuid.New(), new(1))
	k.want("an unknown part", err, ErrPart)
}

// The rule of the database and the rule of event.Quota are one.
func TestBandsAgree(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.tap(k.link(), plus(1))
	for capacity := 1; capacity <= 40; capacity++ {
		for count := 0; count <= capacity+2; count++ {
			var sql event.Band
			if err := k.admin.QueryRow(
				t.Context(),
				"update door_counter set count = $1, capacity = $2 returning band",
				count,
				capacity,
			).Scan(
				&sql,
			); err != nil {
				t.Fatal(err)
			}
			if got := bandOf(Count{Count: count, Capacity: &capacity}); got != sql {
				t.Fatalf("%d of %d: %q here, %q in the database", count, capacity, got, sql)
			}
		}
	}
}

func TestForgetTaps(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	k.tap(token, plus(1), plus(1))
	for _, c := range []struct {
		at   time.Time
		want int
	}{
		{k.event.EndsAt.Add(After + time.Minute), 0},
		{k.event.StartsAt.AddDate(0, 0, 1), 0},
		{k.event.StartsAt.AddDate(0, 0, 2), 2},
		{k.event.StartsAt.AddDate(0, 0, 3), 0},
	} {
		k.clock.Set(c.at)
		if n, err := ForgetTaps(t.Context(), k.db); err != nil || n != c.want {
			t.Errorf("%v: %d taps were forgotten, %v, want %d", c.at, n, err, c.want)
		}
	}
	if n := k.number("select count from door_counter where part_id = $1", k.free()); n != 2 {
		t.Errorf("the count is %d afterwards", n)
	}
	// A date of a week keeps its taps until nobody can send them again.
	k.clock.Set(k.event.StartsAt)
	k.exec("update occurrence set ends_at = starts_at + interval '7 days' where id = $1", k.event.OccurrenceID)
	again := plus(1)
	k.tap(token, again)
	k.clock.Set(k.event.StartsAt.AddDate(0, 0, 5))
	if n, err := ForgetTaps(t.Context(), k.db); err != nil || n != 0 {
		t.Errorf("%d taps of a date that goes on were forgotten, %v", n, err)
	}
	if now := k.tap(token, again); now.Count != 3 {
		t.Errorf("sent again after five days: %d, want 3", now.Count)
	}
}
