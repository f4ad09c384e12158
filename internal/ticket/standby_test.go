package ticket

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// replicated is a kit whose commits wait for a standby.
func replicated(t *testing.T) (*kit, *testkit.Pair) {
	t.Helper()
	pair := testkit.NewPair(t)
	k := &kit{bundle: pair.Bundle, admin: pair.Pool(t), keys: newKeys(t), log: &lockedBuffer{}}
	k.clock = clock.NewFake(clock.Today(clock.System()).At(10, 0))
	k.db = k.open(t)
	k.org = testkit.NewOrganization(t, k.admin, "kita")
	k.service = k.serve(t, k.db, k.keys)
	return k, pair
}

// written is something that a holder does, and the same sent again.
type written struct {
	what       string
	act, again func(ctx context.Context) error
	told       error // by the second time
}

func (k *kit) written(t *testing.T) []written {
	t.Helper()
	taking := func(r Request) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := k.service.Take(ctx, r)
			return err
		}
	}
	own := func(r Request) Request {
		r.Secret = newSecret(t)
		return r
	}
	holder := func(e testkit.Event) secret.Ticket {
		code, _ := k.take(t, ask(e, 1))
		return code
	}
	// The quota is full once the seat is taken: the lost answer's retry meets a full house.
	seat, shown := own(ask(k.seats(t, 1), 1)), own(ask(k.seats(t, 1), 1))
	full := k.line(t, 1)
	k.take(t, ask(full, 1))
	inLine := own(waitFor(full, 1, WaitQuota))
	lot, slots := own(ask(k.lottery(t, 1), 1)), own(k.desk(t, 0, 60).ask(0, 1))
	gone, yes := holder(k.seats(t, 1)), holder(k.seats(t, 1))
	k.exec(t, "update ticket set still_coming = false where secret_mac = $1", k.keys.TicketMAC(yes))
	desk := k.desk(t, 0, 60)
	party, _ := k.take(t, desk.ask(0))
	same := func(what string, act func(ctx context.Context) error) written {
		return written{what: what, act: act, again: act}
	}
	cancel := same(
		"a cancellation",
		func(ctx context.Context) error { _, err := k.service.Cancel(ctx, gone); return err },
	)
	cancel.told = ErrCancelled
	looked := same("a seat that a guard asks for", taking(shown))
	looked.again = func(ctx context.Context) error { _, err := k.service.Replay(ctx, shown); return err }
	return []written{
		same(
			"a seat",
			taking(seat),
		),
		looked,
		same("a place in line", taking(inLine)),
		same("an application", taking(lot)),
		same("slots", taking(slots)),
		cancel,
		same("a yes", func(ctx context.Context) error { _, err := k.service.Confirm(ctx, yes); return err }),
		same("a further slot", func(ctx context.Context) error {
			_, err := k.service.ChangeSlots(ctx, party, []uuid.UUID{desk.slots[1]}, nil)
			return err
		}),
	}
}

// call runs act on its own and gives its answer, and a channel that is closed with it.
func call(ctx context.Context, act func(ctx context.Context) error) (answer func() error, ended <-chan struct{}) {
	done := make(chan struct{})
	var err error
	go func() {
		defer close(done)
		err = act(ctx)
	}()
	return func() error { <-done; return err }, done
}

func (k *kit) must(t testing.TB, do func(ctx context.Context) error) {
	t.Helper()
	if err := do(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// lost has something be written on the primary alone, its answer unheard: the standby is cut off,
// and the caller gives up.
func (k *kit) lost(t *testing.T, pair *testkit.Pair, w written) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	answer, ended := call(ctx, w.act)
	if !pair.Waits(t, ended) {
		t.Fatalf("%s did not wait for the standby: %v", w.what, answer())
	}
	pair.LeaveLocal(t)
	leave()
	if err := answer(); err == nil {
		t.Fatalf("%s was acknowledged without the standby", w.what)
	}
}

// What was written once and is confirmed to whoever asks again is on the standby by then [O3].
// Without the waiting, the retries answer at once, and the control below loses its seat with the
// primary.
func TestProofNothingConfirmedIsLostWithThePrimary(t *testing.T) {
	t.Parallel()
	k, pair := replicated(t)
	acts := k.written(t)
	crowd, kept := k.crowd(t, testkit.Size(40, 2000)), k.seats(t, 1)
	control := written{what: "the control's seat"}
	unprotected := ask(k.seats(t, 1), 1)
	unprotected.Secret = newSecret(t)
	control.act = func(ctx context.Context) error { _, _, err := k.service.Take(ctx, unprotected); return err }

	// Every way of asking again.
	for _, w := range acts {
		k.must(t, pair.Standby.Cut)
		k.lost(t, pair, w)
		answer, ended := call(t.Context(), w.again)
		if !pair.Waits(t, ended) {
			t.Errorf("%s sent again: answered %v while the standby was away", w.what, answer())
		}
		k.must(t, pair.Standby.Mend)
		if err := answer(); !errors.Is(err, w.told) || (err == nil) != (w.told == nil) {
			t.Errorf("%s sent again, with the standby back: %v, want %v", w.what, err, w.told)
		}
	}

	// A crowd whose standby comes and goes, all of them asking until they are answered.
	acknowledged := crowd.run(t, k, pair)

	// The control: the same without waiting is acknowledged, and lost below.
	k.must(t, pair.Standby.Cut)
	k.lost(t, pair, control)
	k.service.confirm = func(context.Context) error { return nil }
	if err := control.act(t.Context()); err != nil {
		t.Fatalf("the control was not acknowledged: %v", err)
	}
	k.service.confirm = k.db.Confirm
	// A seat that is under way when the primary is lost hears no yes.
	last := ask(kept, 1)
	last.Secret = newSecret(t)
	answer, ended := call(
		t.Context(),
		func(ctx context.Context) error { _, _, err := k.service.Take(ctx, last); return err },
	)
	if !pair.Waits(t, ended) {
		t.Errorf("a seat was answered while the standby was away: %v", answer())
	}
	after := pair.Promoted(t)
	if err := answer(); err == nil {
		t.Error("a seat was acknowledged by a primary that died before the standby had it")
	}
	there := func(codes ...secret.Ticket) (n int) {
		macs := make([][]byte, len(codes))
		for i, code := range codes {
			macs[i] = k.keys.TicketMAC(code)
		}
		if err := after.QueryRow(
			t.Context(),
			"select count(*) from ticket where secret_mac = any ($1) and status = 'confirmed'",
			macs,
		).Scan(
			&n,
		); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if there(unprotected.Secret) != 0 {
		t.Error("the control's seat is still there: this test would see no loss")
	}
	lost := len(acknowledged) - there(acknowledged...)
	if lost != 0 || len(acknowledged) != crowd.seats {
		t.Errorf("%d of %d acknowledged, %d of them lost", len(acknowledged), crowd.seats, lost)
	}
	testkit.Oversell(t, after)
	testkit.Figure(
		t,
		"%d seats acknowledged over %d cuts of the standby, %d left to the primary alone for a while, %d lost with "+
			"it; control: 1 of 1 lost",
		len(acknowledged),
		crowd.cuts,
		crowd.local,
		lost,
	)
}

// crowd is many who each want a seat of an event that has just enough.
type crowd struct {
	event       testkit.Event
	seats       int
	cuts, local int
}

func (k *kit) crowd(t *testing.T, seats int) *crowd {
	t.Helper()
	return &crowd{event: k.seats(t, seats), seats: seats, cuts: testkit.Size(2, 20)}
}

// run gives the codes of those who heard yes. Everybody asks until they are answered; at each cut
// the waits of the commits under way are cancelled, so that they stand on the primary alone.
func (c *crowd) run(t *testing.T, k *kit, pair *testkit.Pair) (acknowledged []secret.Ticket) {
	t.Helper()
	codes := make(chan secret.Ticket, c.seats)
	for range c.seats {
		codes <- newSecret(t)
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for round := range c.cuts {
		k.must(t, pair.Standby.Cut)
		patience, leave := context.WithCancel(t.Context())
		share := c.seats / c.cuts
		if round == c.cuts-1 {
			share = len(codes)
		}
		for range share {
			code := <-codes
			group.Go(func() {
				r := ask(c.event, 1)
				r.Secret = code
				for ctx := patience; ; ctx = t.Context() {
					_, _, err := k.service.Take(ctx, r)
					if err == nil {
						mu.Lock()
						acknowledged = append(acknowledged, code)
						mu.Unlock()
						return
					}
					if f, ok := fault.As(
						err,
					); !errors.Is(err, context.Canceled) &&
						(!ok || f.Kind != fault.KindUnavailable) {
						t.Errorf("a seat: %v", err)
						return
					}
				}
			})
		}
		taken := func() int { return k.taken(t, c.event.Quota()) - round*(c.seats/c.cuts) }
		for taken() < share {
			pair.LeaveLocal(t)
		}
		leave()
		pair.Waits(t, nil) // who asks again
		if mu.Lock(); len(acknowledged) > round*(c.seats/c.cuts) {
			t.Errorf("%d were acknowledged without the standby", len(acknowledged)-round*(c.seats/c.cuts))
		}
		mu.Unlock()
		c.local += taken()
		k.must(t, pair.Standby.Mend)
		group.Wait()
	}
	return acknowledged
}
