package ticket

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
)

// fixList closes the list of a part.
func (k *kit) fixList(t *testing.T, part uuid.UUID) {
	t.Helper()
	if err := k.db.InWorker(t.Context(), func(tx *postgres.Tx) error {
		done, err := draw.FixList(t.Context(), tx, part)
		if err == nil && !done {
			t.Error("the list was fixed before")
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// Two workers, in two processes' pools, come round at the same moment many times over.
func TestTwoWorkersDrawOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	var events []testkit.Event
	for range 6 {
		e := k.lottery(t, 3)
		for range 5 {
			k.take(t, ask(e, 1))
		}
		events = append(events, e)
	}
	k.clock.Advance(untilClosing)
	var group sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for _, db := range []*postgres.DB{k.db, k.open(t), k.open(t), k.open(t)} {
		group.Go(func() {
			n, err := draw.Lots(t.Context(), db)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			total += n
			mu.Unlock()
		})
	}
	group.Wait()
	if total != 2*len(events) {
		t.Errorf("%d steps were done in all, want %d", total, 2*len(events))
	}
	for _, e := range events {
		if got := k.taken(t, e.Quota()); got != 3 {
			t.Errorf("%d seats were given, want 3", got)
		}
	}
}

// The worker's connection is killed after it has settled and before it commits: nothing happened,
// and the next one draws.
func TestAWorkerIsKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 2)
	var codes []secret.Ticket
	for range 5 {
		code, _ := k.take(t, ask(e, 1))
		codes = append(codes, code)
	}
	k.clock.Advance(untilClosing)
	part := e.Parts[0].ID
	k.fixList(t, part)
	killed := k.open(t)
	attempts := 0
	err := killed.InWorker(t.Context(), func(tx *postgres.Tx) error {
		if attempts++; attempts > 1 {
			return errors.New("enough")
		}
		if done, err := draw.InTx(t.Context(), tx, part); err != nil || !done {
			t.Errorf("%v, %v", done, err)
		}
		_, err := k.admin.Exec(t.Context(), "select pg_terminate_backend($1)", tx.Pgx.Conn().PgConn().PID())
		return err
	})
	if err == nil {
		t.Fatal("the killed transaction was committed")
	}
	if d := k.published(t, e); d.State != draw.Closed || d.Seed != "" || k.taken(t, e.Quota()) != 0 {
		t.Errorf("half a draw is left: %+v", d)
	}
	if n := k.round(t); n != 1 {
		t.Errorf("%d steps by the next worker, want 1", n)
	}
	confirmed := 0
	for _, code := range codes {
		if k.status(t, code) == Confirmed {
			confirmed++
		}
	}
	if confirmed != 2 || k.taken(t, e.Quota()) != 2 {
		t.Errorf("%d tickets hold %d seats, want 2", confirmed, k.taken(t, e.Quota()))
	}
}

// Applications and cancellations that arrive while the list is being fixed either stand on it or
// are told that they came too late.
func TestLateApplicationsRaceTheDraw(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 4)
	var early []secret.Ticket
	for range 10 {
		code, _ := k.take(t, ask(e, 1))
		early = append(early, code)
	}
	release := k.lock(t, e.Quota())
	var group sync.WaitGroup
	var mu sync.Mutex
	in := map[string]secret.Ticket{}
	for range 6 {
		group.Go(func() {
			code, got, err := k.service.Take(t.Context(), ask(e, 1))
			if err != nil {
				wantError(t, "a late application", err, ErrClosed)
				return
			}
			mu.Lock()
			in[got.DrawNumber] = code
			mu.Unlock()
		})
	}
	for _, code := range early[:2] {
		group.Go(func() {
			if _, err := k.service.Cancel(t.Context(), code); errors.Is(err, ErrCancelled) {
				if s := k.status(
					t,
					code,
				); s != NotDrawn { // the draw was faster, and there is nothing left to give back
					t.Errorf("a cancellation came too late, and the ticket is %s", s)
				}
			} else if err != nil {
				t.Errorf("a cancellation: %v", err)
			}
		})
	}
	k.waiting(t, 4)
	k.clock.Advance(untilClosing)
	group.Go(func() {
		if _, err := draw.Lots(t.Context(), k.db); err != nil {
			t.Error(err)
		}
	})
	k.waiting(t, 5)
	release()
	group.Wait()
	k.round(t)
	d := k.published(t, e)
	claim, ok := d.Claim()
	if faults := claim.Faults(); !ok || faults != nil {
		t.Fatalf("%+v: %v", d.State, faults)
	}
	listed := map[string]bool{}
	for _, entry := range d.Entries {
		listed[entry.Number] = true
	}
	for number, code := range in {
		if s := k.status(t, code); !listed[number] || s != Confirmed && s != NotDrawn {
			t.Errorf("%s was taken, and is not on the list: its ticket is %s", number, s)
		}
	}
	if got := k.number(t, "select count(*) from ticket where status = 'applied'"); got != 0 {
		t.Errorf("%d applications were left behind", got)
	}
	if sum := k.number(
		t,
		"select coalesce(sum(seats), 0) from ticket where status = 'confirmed'",
	); sum != k.taken(t, e.Quota()) ||
		sum > 4 {
		t.Errorf("%d seats are held, the counter has %d", sum, k.taken(t, e.Quota()))
	}
}

// The outcome must be a partition of the list; lottery_settle takes no other.
func TestSettlingAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.lottery(t, 2)
	var ids []uuid.UUID
	for range 3 {
		_, got := k.take(t, ask(e, 1))
		ids = append(ids, got.ID)
	}
	k.clock.Advance(untilClosing)
	part := e.Parts[0].ID
	settle := func(winners, others []uuid.UUID) error {
		return k.db.InWorker(t.Context(), func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), "select lottery_settle($1, $2, $3)", part, winners, others)
			return err
		})
	}
	if err := settle(ids[:2], ids[2:]); !postgres.Violates(err, "lottery_draw_goes_forward") {
		t.Errorf("before the list is fixed: %v", err)
	}
	k.fixList(t, part)
	for name, c := range map[string]struct {
		winners, others []uuid.UUID
		constraint      string
	}{
		"one missing":    {ids[:1], ids[2:], "lottery_list_fixed"},
		"a stranger":     {[]uuid.UUID{ids[0], uuid.New()}, ids[1:], "lottery_list_fixed"},
		"one twice":      {ids[:2], ids[1:], "lottery_list_fixed"},
		"more than room": {ids, []uuid.UUID{}, "quota_counter_taken_within_capacity"},
	} {
		if err := settle(c.winners, c.others); !postgres.Violates(err, c.constraint) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := settle(ids[:2], ids[2:]); err != nil {
		t.Error(err)
	}
	if err := settle(ids[:2], ids[2:]); !postgres.Violates(err, "lottery_draw_goes_forward") {
		t.Errorf("a second time: %v", err)
	}
}
