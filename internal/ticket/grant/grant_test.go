package grant

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/batch"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

// unsent is a granter whose batches come out of the channel instead of going to the database. Its
// only lane is taken until the test leaves it.
func unsent(t *testing.T) (*Granter, <-chan []*call) {
	t.Helper()
	g, batches := &Granter{}, make(chan []*call, 1000)
	for i := range g.full {
		g.full[i] = newRefusalCache()
	}
	g.batcher = batch.New(g.options(), func(_ int, calls []*call) { batches <- calls })
	if !g.batcher.Enter(0) {
		t.Fatal("the lane is taken")
	}
	return g, batches
}

func (g *Granter) add(t *testing.T, r Request) *call {
	t.Helper()
	c, err := g.batcher.Add(0, r)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestABatchIsHalfOfThoseWhoWait(t *testing.T) {
	t.Parallel()
	g, batches := unsent(t)
	same := Request{MAC: make([]byte, 32)}
	first, gone := g.add(t, same), g.add(t, Request{OwnSecret: true})
	leave(t, gone)
	second, own := g.add(t, same), g.add(t, Request{OwnSecret: true})
	g.batcher.Leave(0)
	for i, want := range [][]*call{{first, own}, {second}} {
		if got := <-batches; !slices.Equal(got, want) {
			t.Fatalf("batch %d: %d requests, want %d", i, len(got), len(want))
		}
	}
	g, batches = unsent(t)
	for range 2*maxBatch + 3*enough {
		g.add(t, Request{OwnSecret: true})
	}
	g.batcher.Leave(0)
	g.batcher.Close()
	for i, want := range []int{maxBatch, 176, 88, 44, enough, 12} {
		if got := <-batches; len(got) != want {
			t.Errorf("batch %d holds %d, want %d", i, len(got), want)
		}
	}
	if len(batches) > 0 {
		t.Errorf("a stopped, empty lane gave %d", len(<-batches))
	}
}

func TestWhoQueuedForWhatIsGoneHearsItAtOnce(t *testing.T) {
	t.Parallel()
	g, batches := unsent(t)
	full, open := uuid.UUID{1}, uuid.UUID{2} // both of the lane
	ours := g.add(t, Request{Quota: full, Seats: 1, OwnSecret: true})
	brought := g.add(t, Request{Quota: full, Seats: 1, MAC: make([]byte, 32)}) // may have its ticket already
	other := g.add(t, Request{Quota: open, Seats: 1, OwnSecret: true})
	g.full[0].note(0, place{quota: full}, 0, 4)
	g.batcher.Leave(0)
	if got := <-batches; !slices.Equal(got, []*call{brought, other}) {
		t.Errorf("%d requests go to the database, want the two it may still have something for", len(got))
	}
	if outcome, err := heard(t, ours); err != nil || outcome != Full {
		t.Errorf("who came too late hears %q, %v", outcome, err)
	}
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	g, _ := unsent(t)
	for range maxQueue {
		g.add(t, Request{OwnSecret: true})
	}
	_, err := g.Grant(t.Context(), Request{})
	wantError(t, "Grant with a full queue", err, ErrTooBusy)
	g.batcher.Leave(0)
	g.Close()
	_, err = g.Grant(t.Context(), Request{})
	wantError(t, "Grant after Close", err, ErrStopped)
}

func TestOneBadRequestSpoilsNoOther(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, other := k.seats(t, 20), k.seats(t, 20)
	bad := request(e)
	bad.Nickname = "そら" // not sealed
	all := calls(request(e), request(e), bad, request(e), request(other))
	k.granter.send(0, all)
	for i, c := range all {
		got, err := heard(t, c)
		if c.Value.ID == bad.ID {
			if !postgres.Violates(err, "ticket_nickname_sealed") {
				t.Errorf("the bad one: %q, %v", got, err)
			}
		} else if got != Granted || err != nil {
			t.Errorf("request %d: %q, %v, want granted", i, got, err)
		}
	}
	if a, b := k.taken(t, e.Quota()), k.taken(t, other.Quota()); a != 3 || b != 1 {
		t.Errorf("taken %d and %d, want 3 and 1", a, b)
	}
}

func TestALockedQuotaHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	k := setupWithin(t, time.Second)
	e, other := k.seats(t, 20), k.seats(t, 20)
	k.lock(t, e.Quota())
	both := calls(request(e), request(other))
	stuck, free := both[0], both[1]
	k.granter.send(0, both)
	if got, err := heard(t, free); got != Granted || err != nil {
		t.Errorf("the other quota: %q, %v, want granted", got, err)
	}
	_, err := heard(t, stuck)
	wantError(t, "the locked quota", err, postgres.ErrUnavailable)
}

func TestCloseAnswersWhatWaits(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	release := k.lock(t, e.Quota())
	answers := make(chan error)
	go func() { _, err := k.granter.Grant(t.Context(), request(e)); answers <- err }()
	k.awaitLock(t)
	late, err := k.granter.batcher.Add(laneOf(e.Quota()), request(e))
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	go func() { k.granter.Close(); close(closed) }()
	release()
	<-closed
	if err := <-answers; err != nil {
		t.Errorf("Grant under way: %v", err)
	}
	if got, err := heard(t, late); got != Granted || err != nil {
		t.Errorf("what waited: %q, %v, want granted", got, err)
	}
}

// Seats are given back when nobody can know of them: their caller has left, and the secret was this
// service's. A duplicate is one of these as well: the batch that granted it was lost, and sent
// again.
func TestSeatsOfWhoLeftAreGivenBack(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var returned [][]byte
	g := New(query.Runner{}, slog.New(slog.DiscardHandler), func(_ context.Context, mac []byte) error {
		mu.Lock()
		defer mu.Unlock()
		returned = append(returned, mac)
		return nil
	})
	var all []*call
	var verdicts []Verdict
	var want [][]byte
	quota := uuid.UUID{1}
	for _, outcome := range []Outcome{Granted, Duplicate, Full, "closed"} {
		for _, own := range []bool{true, false} {
			for _, left := range []bool{true, false} {
				c := calls(Request{Quota: quota, MAC: randomMAC(), Seats: 1, OwnSecret: own})[0]
				if left {
					leave(t, c)
				}
				if left && own && (outcome == Granted || outcome == Duplicate) {
					want = append(want, c.Value.MAC)
				}
				all, verdicts = append(all, c), append(verdicts, Verdict{Outcome: outcome, Most: 4})
			}
		}
	}
	generation := g.full[0].now()
	g.answer(0, all, verdicts, generation)
	g.Close() // waits until seats are given back
	if !slices.EqualFunc(returned, want, slices.Equal) {
		t.Errorf("the seats of %d requests are given back, want %d", len(returned), len(want))
	}
	if g.IsFull(uuid.Nil, quota, 1) {
		t.Error("the quota is remembered as full though seats came free")
	}
}
