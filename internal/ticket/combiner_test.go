package ticket

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func (k *kit) request(t *testing.T, e testkit.Event) *request {
	t.Helper()
	return &request{
		event: e.ID, quota: e.Quota(), id: uuid.New(), mac: k.keys.TicketMAC(newSecret(t)), seats: 1, ownSecret: true, answer: make(chan answer, 1),
	}
}

func (r *request) outcome(t *testing.T) (string, error) {
	t.Helper()
	select {
	case a := <-r.answer:
		return a.verdict.outcome, a.err
	default:
		t.Fatal("no answer")
		return "", nil
	}
}

func TestLaneTakesHalfOfACrowd(t *testing.T) {
	t.Parallel()
	l := &lane{queue: make(chan *request, maxQueue), stop: make(chan struct{}), soldOuts: newSoldOuts()}
	same := func() *request { return &request{mac: make([]byte, 32)} }
	first, second, own, gone := same(), same(), &request{ownSecret: true}, &request{ownSecret: true}
	gone.abandon()
	for _, r := range []*request{first, gone, second, own} {
		l.queue <- r
	}
	for i, want := range [][]*request{{first, own}, {second}} {
		got, ok := l.next()
		if !ok || len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Fatalf("batch %d: %d requests, want %d", i, len(got), len(want))
		}
	}
	for range 2*maxBatch + 3*enough {
		l.queue <- &request{ownSecret: true}
	}
	close(l.stop)
	for i, want := range []int{maxBatch, 176, 88, 44, enough, 12} {
		if got, ok := l.next(); !ok || len(got) != want {
			t.Errorf("batch %d holds %d, want %d", i, len(got), want)
		}
	}
	if got, ok := l.next(); ok {
		t.Errorf("a stopped, empty lane gave %d", len(got))
	}
}

func TestWhoQueuedForWhatIsGoneHearsItAtOnce(t *testing.T) {
	t.Parallel()
	l := &lane{queue: make(chan *request, maxQueue), stop: make(chan struct{}), soldOuts: newSoldOuts()}
	full, open := uuid.New(), uuid.New()
	ours := &request{quota: full, seats: 1, ownSecret: true, answer: make(chan answer, 1)}
	brought := &request{quota: full, seats: 1, mac: make([]byte, 32), answer: make(chan answer, 1)} // may have its ticket already
	other := &request{quota: open, seats: 1, ownSecret: true, answer: make(chan answer, 1)}
	for _, r := range []*request{ours, brought, other} {
		l.queue <- r
	}
	l.soldOuts.note(0, place{quota: full}, 0, 4)
	if batch, ok := l.next(); !ok || len(batch) != 2 || batch[0] != brought || batch[1] != other {
		t.Errorf("%d requests go to the database, want the two it may still have something for", len(batch))
	}
	if outcome, err := ours.outcome(t); err != nil || outcome != "full" {
		t.Errorf("who came too late hears %q, %v", outcome, err)
	}
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	l := &lane{queue: make(chan *request, 1), done: make(chan struct{})}
	l.queue <- &request{}
	_, err := l.submit(t.Context(), &request{})
	wantError(t, "submit to a full queue", err, ErrTooBusy)
	close(l.done)
	_, err = l.submit(t.Context(), &request{})
	wantError(t, "submit to a stopped lane", err, errStopped)
}

func TestOneBadRequestSpoilsNoOther(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, other := k.seats(t, 20), k.seats(t, 20)
	bad := k.request(t, e)
	bad.nickname = "そら" // not sealed
	batch := []*request{k.request(t, e), k.request(t, e), bad, k.request(t, e), k.request(t, other)}
	k.service.lanes[0].serve(batch)
	for i, r := range batch {
		got, err := r.outcome(t)
		if r == bad {
			if !postgres.Violates(err, "ticket_nickname_sealed") {
				t.Errorf("the bad one: %q, %v", got, err)
			}
		} else if got != "granted" || err != nil {
			t.Errorf("request %d: %q, %v, want granted", i, got, err)
		}
	}
	if a, b := k.taken(t, e.Quota()), k.taken(t, other.Quota()); a != 3 || b != 1 {
		t.Errorf("taken %d and %d, want 3 and 1", a, b)
	}
}

func TestALockedQuotaHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, other := k.seats(t, 20), k.seats(t, 20)
	k.lock(t, e.Quota())
	stuck, free := k.request(t, e), k.request(t, other)
	k.service.lanes[0].serve([]*request{stuck, free})
	if got, err := free.outcome(t); got != "granted" || err != nil {
		t.Errorf("the other quota: %q, %v, want granted", got, err)
	}
	_, err := stuck.outcome(t)
	wantError(t, "the locked quota", err, postgres.ErrUnavailable)
}

func TestALostConnectionLosesNoRequest(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	release := k.lock(t, e.Quota())
	const callers = 5
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			if _, _, err := k.service.Take(t.Context(), ask(e, 1)); err != nil {
				t.Errorf("Take: %v", err)
			}
		})
	}
	for _, pid := range k.waiting(t, 1) {
		k.exec(t, "select pg_terminate_backend($1)", pid)
	}
	release()
	group.Wait()
	if got, rows := k.taken(t, e.Quota()), k.number(t, "select count(*) from ticket"); got != callers || rows != callers {
		t.Errorf("taken %d, rows %d, want %d", got, rows, callers)
	}
	if !strings.Contains(k.log.String(), "again") {
		t.Error("nothing was sent again: the test did not meet its case")
	}
}

func TestACallerWhoLeavesStrandsNoSeat(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	release := k.lock(t, e.Quota())
	made := ask(e, 1)
	made.Secret = newSecret(t)
	for _, r := range []Request{ask(e, 4), made} {
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, _, err := k.service.Take(ctx, r)
			left <- err
		}()
		if r.Secret.IsZero() {
			k.waiting(t, 1) // the batch is under way
		}
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("Take of a caller who left: %v", err)
		}
	}
	release()
	stayed, _ := k.take(t, ask(e, 2))
	k.service.Close() // waits until seats are given back
	if got := k.number(t, "select coalesce(sum(seats), 0) from ticket where status = 'confirmed'"); got != k.taken(t, e.Quota()) || got != 2 {
		t.Errorf("%d seats are held and %d counted, want 2", got, k.taken(t, e.Quota()))
	}
	_, _, err := k.service.Take(t.Context(), ask(e, 1))
	wantError(t, "Take after Close", err, errStopped)
	if _, err := k.service.Look(t.Context(), stayed); err != nil {
		t.Errorf("Look after Close: %v", err)
	}
}

func TestCloseAnswersWhatWaits(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	release := k.lock(t, e.Quota())
	answers := make(chan error)
	go func() { _, _, err := k.service.Take(t.Context(), ask(e, 1)); answers <- err }()
	k.waiting(t, 1)
	l := k.service.lane(e.Quota())
	late := k.request(t, e)
	l.queue <- late
	closed := make(chan struct{})
	go func() { k.service.Close(); close(closed) }()
	release()
	<-closed
	if err := <-answers; err != nil {
		t.Errorf("Take under way: %v", err)
	}
	if got, err := late.outcome(t); got != "granted" || err != nil {
		t.Errorf("what waited: %q, %v, want granted", got, err)
	}
}
