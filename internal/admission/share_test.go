package admission

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// hoarder is one network that does all it can: it asks every process every fifteen seconds, solves
// each challenge in no time at all, as no computer does, and keeps what it could not use yet.
type hoarder struct{ kept []string }

// A network never has more than max(2, a tenth) of a pool in any ten minutes, whatever its speed
// and with several processes.
func TestProofOneNetworkTakesNoMoreThanItsShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ capacity, processes int }{{8, 1}, {20, 1}, {80, 1}, {8, 3}, {20, 3}, {80, 3}} {
		t.Run(fmt.Sprintf("%d seats, %d processes", c.capacity, c.processes), func(t *testing.T) {
			t.Parallel()
			k := setup(t)
			e := k.event(t, c.capacity)
			var all []*process
			for range c.processes {
				all = append(all, k.process(t))
			}
			beat(t, all...)
			most := max(2, c.capacity/10)
			minutes := testkit.Size(24, 240)
			const step = 15 * time.Second
			var log []time.Time // of seats
			h := hoarder{}
			asked := 0
			for range minutes * int(time.Minute/step) {
				if k.taken(t, e) == c.capacity { // give all back: the pool is open again, the window remembers
					if _, err := k.admin.Exec(
						t.Context(),
						`update ticket set status = 'cancelled' where quota_id = $1`,
						e.Quota(),
					); err != nil {
						t.Fatal(err)
					}
				}
				log = append(log, h.storm(t, k, all, e, &asked)...)
				k.clock.Advance(step)
				beat(t, all...)
			}
			worst := 0
			for i := range log {
				n := 0
				for _, at := range log[i:] {
					if at.Sub(log[i]) < 10*time.Minute {
						n++
					}
				}
				worst = max(worst, n)
			}
			if worst > most {
				t.Errorf("the network took %d of %d seats within ten minutes, want at most %d", worst, c.capacity, most)
			}
			if len(log) < minutes/15*most {
				t.Errorf("the network got %d seats in %d minutes: it is blocked", len(log), minutes)
			}
			testkit.Figure(
				t,
				"%3d seats, %d processes: %d requests, all work done at once: at most %d seats in any 10 minutes "+
					"(allowed %d), %d in %d minutes",
				c.capacity,
				c.processes,
				asked,
				worst,
				most,
				len(log),
				minutes,
			)
		})
	}
}

// storm asks every process several times at the same moment.
func (h *hoarder) storm(t *testing.T, k *kit, all []*process, e testkit.Event, asked *int) (seats []time.Time) {
	t.Helper()
	now := k.clock.Now()
	var mu sync.Mutex
	var group sync.WaitGroup
	var proofs []string
	old := h.kept
	for i, p := range all {
		for j := range 3 {
			*asked++
			proof := ""
			if n := i*3 + j; j > 0 && n < len(old) {
				proof = old[n]
			}
			group.Go(func() {
				_, c, err := p.try(t, fmt.Sprintf("203.0.113.%d", 10*i+j+1), ask(e, 1), proof)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					seats = append(seats, now)
				case c != nil && !c.WorkAfter.After(now): // solved in no time
					proofs = append(proofs, solve(c))
				case c != nil: // no work is accepted before its time, by when the token alone is
					proofs = append(proofs, c.Token)
				case errors.Is(err, ErrEarly):
					proofs = append(proofs, proof)
				case !errors.Is(err, ticket.ErrFull):
					t.Errorf("%v", err)
				}
			})
		}
	}
	group.Wait()
	if len(proofs) > 40 {
		proofs = proofs[len(proofs)-40:]
	}
	h.kept = proofs
	return seats
}

// The negative control: without the window the same network takes all there is.
func TestWithoutTheWindowOneNetworkTakesItAll(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	p := k.process(t)
	got := 0
	for range 30 {
		p.windows = newWindows() // forgets
		if _, c, err := p.try(t, "203.0.113.9", ask(e, 1), ""); err == nil {
			got++
		} else if c != nil {
			if _, _, err := p.try(t, "203.0.113.9", ask(e, 1), solve(c)); err == nil {
				got++
			}
		}
	}
	if got != 20 {
		t.Errorf("without the window the network takes %d of 20", got)
	}
}

// And without the shared table three processes give three shares.
func TestWithoutTheSharedTableEachProcessGivesAShare(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	got := 0
	for range 3 {
		p := k.process(t) // knows of no other
		for range 4 {
			if _, _, err := p.try(t, "203.0.113.9", ask(e, 1), ""); err == nil {
				got++
			}
		}
	}
	if got != 6 {
		t.Errorf("three processes that know nothing of each other give %d seats", got)
	}
}

// Five people of one city hall within an hour, each on another day's quiet event, are never asked
// for anything.
func TestACityHallIsNotBlocked(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	p := k.process(t)
	for i := range 5 {
		if _, _, err := p.try(t, "198.51.100.7", ask(e, 1), ""); err != nil {
			t.Errorf("visitor %d: %v", i+1, err)
		}
		k.clock.Advance(12 * time.Minute)
	}
	// Five at once: two at once, the others by waiting as long as they are told, all of them within
	// the half hour.
	var waits []time.Duration
	start := k.clock.Now()
	var token string
	for i := range 5 {
		for {
			_, c, err := p.try(t, "198.51.100.8", ask(e, 1), token)
			token = ""
			if err == nil {
				break
			}
			if c == nil {
				t.Fatalf("visitor %d: %v", i, err)
			}
			k.until(c.WaitUntil)
			token = c.Token
		}
		waits = append(waits, k.clock.Now().Sub(start))
	}
	if waits[1] != 0 || waits[4] > 30*time.Minute {
		t.Errorf("the five wait %v", waits)
	}
}

// A family larger than the share on its own is let in after a little work, when its network took
// nothing else; then the window is full.
func TestAGroupLargerThanTheShare(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	p := k.process(t)
	_, c, err := p.try(t, "203.0.113.1", ask(e, 4), "")
	wantError(t, "four of twenty", err, ErrProofNeeded)
	if c == nil || c.WorkAfter.After(k.clock.Now()) {
		t.Fatalf("the family has to wait: %+v", c)
	}
	if got, _, err := p.try(t, "203.0.113.1", ask(e, 4), solve(c)); err != nil || got.Seats != 4 {
		t.Fatalf("with the work done: %v", err)
	}
	_, c, err = p.try(t, "203.0.113.2", ask(e, 1), "")
	wantError(t, "a neighbour", err, ErrProofNeeded)
	if c == nil || c.WorkAfter.Sub(k.clock.Now()) < 9*time.Minute {
		t.Errorf("the window has room too soon: %+v", c)
	}
	if _, _, err = p.try(t, "203.0.113.200", ask(e, 21), ""); err == nil {
		t.Error("21 seats on one ticket")
	}
}

// Two requests at once can't both have the last seat of a share; what came of no seat is not
// counted; a retry is one ticket and counts once.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, full := k.event(t, 20), k.event(t, 0)
	p := k.process(t)
	for range 5 {
		_, _, err := p.try(t, "203.0.113.1", ask(full, 1), "")
		wantError(t, "a full one", err, ticket.ErrFull)
	}
	var granted atomic.Int32
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			if _, _, err := p.try(t, "203.0.113.1", ask(e, 1), ""); err == nil {
				granted.Add(1)
			}
		})
	}
	group.Wait()
	if granted.Load() != 2 {
		t.Errorf("%d of 40 at once", granted.Load())
	}

	r := ask(e, 1)
	r.Secret = newSecret(t)
	first, _, err := p.try(t, "198.51.100.1", r, "")
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		again, _, err := p.try(t, "198.51.100.1", r, "")
		if err != nil || again.ID != first.ID {
			t.Fatalf("a retry: %v", err)
		}
	}
	if _, _, err := p.try(t, "198.51.100.1", ask(e, 1), ""); err != nil {
		t.Errorf("retries count: %v", err)
	}
	if again, _, err := p.try(t, "198.51.100.1", r, ""); err != nil || again.ID != first.ID {
		t.Errorf("a retry when the share is used: %v", err)
	}
	other := k.process(t)
	if again, _, err := other.try(t, "198.51.100.1", r, "nonsense"); err != nil || again.ID != first.ID {
		t.Errorf("a retry with a bad proof at another process: %v", err)
	}
	r.Seats = 2
	_, _, err = p.try(t, "198.51.100.1", r, "")
	wantError(t, "the same secret for something else", err, ticket.ErrPayloadDiffers)
	if n := k.taken(t, e); n != 4 {
		t.Errorf("%d seats taken, want 4", n)
	}
}

// A secret that was given away by rotating does not open a way around the window.
func TestRotatingIsNoWayRound(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	p := k.process(t)
	r := ask(e, 1)
	r.Secret = newSecret(t)
	got := 0
	for range 6 {
		if _, _, err := p.try(t, "203.0.113.1", r, ""); err == nil {
			got++
			if _, _, err := p.tickets.Rotate(t.Context(), r.Secret); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := k.taken(t, e); got != 2 || n != 2 {
		t.Errorf("%d tickets, %d seats by rotating", got, n)
	}
}

func TestTheWindowOutlivesTheHour(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	a, b := k.process(t), k.process(t)
	beat(t, a, b)
	k.clock.Set(k.clock.Now().Truncate(time.Hour).Add(59*time.Minute + 50*time.Second))
	beat(t, a, b)
	for _, p := range []*process{a, b} {
		if _, _, err := p.try(t, "2001:db8:1::1", ask(e, 1), ""); err != nil {
			t.Fatal(err)
		}
	}
	k.clock.Advance(20 * time.Second) // another hour, and no heartbeat yet
	for i, p := range []*process{a, b} {
		_, _, err := p.try(t, "2001:db8:1:ffff::2", ask(e, 1), "")
		wantError(t, "after the turn of the hour", err, ErrProofNeeded)
		if i == 0 {
			beat(t, a) // one has turned, the other has not
		}
	}
	if _, _, err := b.try(t, "2001:db8:2::1", ask(e, 1), ""); err != nil {
		t.Errorf("another /48: %v", err)
	}
}

// A second process that starts hears of what the first counted alone.
func TestASecondProcessHearsOfTheFirst(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	a := k.process(t)
	beat(t, a)
	for range 2 {
		if _, _, err := a.try(t, "203.0.113.1", ask(e, 1), ""); err != nil {
			t.Fatal(err)
		}
	}
	b := k.process(t)
	beat(t, b, a)
	_, _, err := b.try(t, "203.0.113.1", ask(e, 1), "")
	wantError(t, "at the second process", err, ErrProofNeeded)
}

// A clock that is set back or forward neither blocks a network for long nor fails.
func TestClockThatJumps(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	p := k.process(t)
	for range 2 {
		if _, _, err := p.try(t, "203.0.113.1", ask(e, 1), ""); err != nil {
			t.Fatal(err)
		}
	}
	_, c, err := p.try(t, "203.0.113.1", ask(e, 1), "")
	wantError(t, "the third", err, ErrProofNeeded)
	k.clock.Advance(-3 * time.Hour)
	_, _, err = p.try(t, "203.0.113.1", ask(e, 1), c.Token)
	wantError(t, "a challenge of the future", err, ErrExpired)
	k.clock.Advance(window + time.Second)
	if _, _, err := p.try(t, "203.0.113.1", ask(e, 1), ""); err != nil {
		t.Errorf("ten minutes after the clock was set back: %v", err)
	}
	k.clock.Advance(9 * time.Hour)
	_, _, err = p.try(t, "203.0.113.1", ask(e, 1), c.Token)
	wantError(t, "a challenge of the past", err, ErrExpired)
	if _, _, err := p.try(t, "203.0.113.1", ask(e, 1), ""); err != nil {
		t.Errorf("after the clock was set forward: %v", err)
	}
}

// The address of the machine itself says nothing about who asks.
func TestTheMachineItselfIsNotAsked(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 30)
	p := k.process(t)
	for _, from := range []string{"127.0.0.1", "::1", "::ffff:127.0.0.1"} {
		for range 10 {
			if _, _, err := p.try(t, from, ask(e, 1), ""); err != nil {
				t.Fatalf("%s: %v", from, err)
			}
		}
	}
}
