package ticket

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket/grant"
)

const (
	fighters = 200
	prize    = 20 // seats
)

// fight lets groups of one to four fight for the seats of one quota through several replicas and
// tells what went wrong.
func (k *kit) fight(t *testing.T, e testkit.Event, replicas []*Service) (violations []string) {
	t.Helper()
	var (
		mu      sync.Mutex
		granted = map[uuid.UUID]int{}
		failed  []error
		begin   = make(chan struct{})
		group   sync.WaitGroup
	)
	for i := range fighters {
		r := ask(e, 1+i%4)
		if i%2 == 0 {
			r.Secret = newSecret(t)
		}
		group.Go(func() {
			<-begin
			_, got, err := replicas[i%len(replicas)].Take(t.Context(), r)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				granted[got.ID] = got.Seats
			} else if !errors.Is(err, ErrFull) {
				failed = append(failed, err)
			}
		})
	}
	close(begin)
	group.Wait()

	report := func(format string, args ...any) { violations = append(violations, fmt.Sprintf(format, args...)) }
	for _, err := range failed {
		report("a caller heard %v", err)
	}
	promised := 0
	for id, seats := range granted {
		promised += seats
		if k.number(
			t,
			"select count(*) from ticket where id = $1 and seats = $2 and status = 'confirmed'",
			id,
			seats,
		) != 1 {
			report("a granted ticket has no row")
		}
	}
	stored := k.number(
		t,
		"select coalesce(sum(seats), 0) from ticket where quota_id = $1 and status in ('confirmed', 'offered')",
		e.Quota(),
	)
	if promised > prize {
		report("%d seats promised, %d there", promised, prize)
	}
	if stored > prize {
		report("%d seats stored, %d there", stored, prize)
	}
	if promised != stored {
		report("%d seats promised, %d stored", promised, stored)
	}
	if taken := k.taken(t, e.Quota()); taken != stored {
		report("the counter says %d, the tickets %d", taken, stored)
	}
	if stored < prize {
		report("%d seats are left though groups of one were refused", prize-stored)
	}
	return violations
}

// replicas are two services as two processes have them: nothing shared but the database and the
// keys.
func (k *kit) replicas(t *testing.T) []*Service {
	return []*Service{k.service, k.serve(t, k.open(t), k.keys)}
}

func TestNoSeatIsSoldTwice(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	for range 3 {
		for _, violation := range k.fight(t, k.seats(t, prize), replicas) {
			t.Error(violation)
		}
	}
}

// The fight must be able to find faults: here is a database that looks first and books afterwards,
// without lock, constraint or trigger.
func TestTheFightFindsOverselling(t *testing.T) {
	t.Parallel()
	k := setup(t)
	testkit.Oversell(t, k.admin)
	violations := k.fight(t, k.seats(t, prize), k.replicas(t))
	if len(violations) == 0 {
		t.Error("a database that oversells passes the fight")
	}
	t.Log(violations)
}

// A path around ticket_grant, a superuser's even, meets the trigger and the CHECK.
func TestTheConstraintIsTheBackstop(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 3)
	k.take(t, ask(e, 2))
	_, err := k.admin.Exec(t.Context(), `
		insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats)
		select organization_id, event_id, occurrence_id, part_id, quota_id, gen_random_uuid(), sha256('other'),
		  'confirmed', 2 from ticket`)
	if !postgres.Violates(err, "quota_counter_taken_within_capacity") || k.taken(t, e.Quota()) != 2 {
		t.Errorf("a direct insert past the capacity: %v", err)
	}
}

func TestOneSecretOneTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	for _, capacity := range []int{1, 50} { // with one seat, every repetition meets a full quota
		e := k.seats(t, capacity)
		r := ask(e, 1)
		r.Secret = newSecret(t)
		var (
			group sync.WaitGroup
			mu    sync.Mutex
			ids   = map[uuid.UUID]int{}
		)
		for i := range 50 {
			group.Go(func() {
				_, got, err := replicas[i%2].Take(t.Context(), r)
				if err != nil {
					t.Errorf("capacity %d: Take: %v", capacity, err)
				}
				mu.Lock()
				defer mu.Unlock()
				ids[got.ID]++
			})
		}
		group.Wait()
		if taken := k.taken(t, e.Quota()); len(ids) != 1 || taken != 1 {
			t.Errorf("capacity %d: %d tickets, %d seats, want one", capacity, len(ids), taken)
		}
	}
}

func TestOneSecretInManyQuotasIsOneTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	code := newSecret(t)
	events := []testkit.Event{k.seats(t, 9), k.seats(t, 9), k.seats(t, 9), k.seats(t, 9), k.seats(t, 9)}
	var (
		group sync.WaitGroup
		mu    sync.Mutex
		ids   = map[uuid.UUID]bool{}
	)
	for i := range 50 {
		r := ask(events[i%len(events)], 1)
		r.Secret = code
		group.Go(func() {
			_, got, err := replicas[i%2].Take(t.Context(), r)
			switch {
			case err == nil:
				mu.Lock()
				defer mu.Unlock()
				ids[got.ID] = true
			case !errors.Is(err, ErrPayloadDiffers):
				t.Errorf("Take: %v", err)
			}
		})
	}
	group.Wait()
	if rows, taken := k.number(
		t,
		"select count(*) from ticket",
	), k.number(
		t,
		"select sum(taken) from quota_counter",
	); len(ids) != 1 || rows != 1 ||
		taken != 1 {
		t.Errorf("%d tickets heard of, %d rows, %d seats, want one", len(ids), rows, taken)
	}
}

func TestCancelStorm(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	e := k.seats(t, prize)
	held := make([]secret.Ticket, prize)
	for i := range held {
		held[i], _ = k.take(t, ask(e, 1))
	}
	var (
		group   sync.WaitGroup
		mu      sync.Mutex
		freed   int
		newHeld int
	)
	for i := range 5 * prize { // each ticket is cancelled five times over, and twice as many come in
		code := held[i%prize]
		group.Go(func() {
			got, err := replicas[rand.IntN(2)].Cancel(t.Context(), code)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && got.Status == Cancelled:
				freed++
			case !errors.Is(err, ErrCancelled):
				t.Errorf("Cancel: %v", err)
			}
		})
		if i%2 == 0 {
			group.Go(func() {
				_, _, err := replicas[rand.IntN(2)].Take(t.Context(), ask(e, 1))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					newHeld++
				} else if !errors.Is(err, ErrFull) {
					t.Errorf("Take: %v", err)
				}
			})
		}
	}
	group.Wait()
	if taken := k.taken(t, e.Quota()); freed != prize || taken != newHeld || taken > prize {
		t.Errorf("%d freed, want %d; counter %d, %d newly held", freed, prize, taken, newHeld)
	}
}

func TestRotateAndCancelAtOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	for range 20 {
		e := k.seats(t, 1)
		code, _ := k.take(t, ask(e, 1))
		var group sync.WaitGroup
		var fresh secret.Ticket
		var rotated, cancelled error
		group.Go(func() { fresh, _, rotated = replicas[0].Rotate(t.Context(), code) })
		group.Go(func() { _, cancelled = replicas[1].Cancel(t.Context(), code) })
		group.Wait()
		if rotated != nil {
			t.Fatalf("Rotate: %v", rotated)
		}
		got, err := replicas[0].Look(t.Context(), fresh)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case cancelled == nil && got.Status == Cancelled && k.taken(t, e.Quota()) == 0:
		case errors.Is(cancelled, ErrUnknown) && got.Status == Confirmed && k.taken(t, e.Quota()) == 1:
		default:
			t.Errorf("Cancel said %v, the ticket is %s, %d taken", cancelled, got.Status, k.taken(t, e.Quota()))
		}
	}
}

// A session plans ticket_grant once and keeps the plan. Planned while the table was empty, it must
// look secrets up all the same, not read an index whole.
func TestGrantLooksSecretsUpThoughPlannedOnAnEmptyTable(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 5000)
	k.exec(t, "vacuum analyze ticket")
	db := k.bundle.LoginURL
	one := testkit.Open(t, postgres.Options{URL: db, Public: 1, Clock: k.clock})
	session := k.serve(t, one, k.keys).granter
	grantOne := func() {
		t.Helper()
		r := grant.Request{
			Event: e.ID, Quota: e.Quota(), ID: uuid.New(), MAC: k.keys.TicketMAC(newSecret(t)), Seats: 1,
		}
		if _, err := session.Together(t.Context(), []grant.Request{r}); err != nil {
			t.Fatal(err)
		}
	}
	for range 10 { // long enough for every plan to be the one that is kept
		grantOne()
	}
	k.exec(
		t,
		`insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats)
		select t.organization_id, t.event_id, t.occurrence_id, t.part_id, t.quota_id, gen_random_uuid(),
		  sha256(g::text::bytea), 'cancelled', 1 from (select * from ticket limit 1) t, generate_series(1, 3000) g`,
	)
	read := func() int {
		t.Helper()
		k.exec(t, "select pg_stat_force_next_flush()")
		return k.number(t, "select sum(idx_tup_read) from pg_stat_all_indexes where relname = 'ticket'")
	}
	before := read()
	for range 20 {
		grantOne()
	}
	var pid int
	if err := one.PublicPool().QueryRow(t.Context(), "select pg_backend_pid()").Scan(&pid); err != nil {
		t.Fatal(err)
	}
	one.Close() // its counts are told when the session ends
	for deadline := clock.Start(); k.number(t, "select count(*) from pg_stat_activity where pid = $1", pid) > 0; {
		if deadline.Elapsed() > 10*time.Second {
			t.Fatal("the session does not end")
		}
	}
	if got := read() - before; got > 1000 {
		t.Errorf("20 grants read %d entries of the ticket table's indexes", got)
	}
}
