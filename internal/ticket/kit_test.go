package ticket

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.steps", strconv.Itoa(testkit.Size(30, 50))); err != nil {
		panic(err)
	}
	testkit.Main(m)
}

// kit is one test's ground: a database, a clock that stands, an organization and a service.
type kit struct {
	bundle *testkit.Bundle
	admin  *pgxpool.Pool
	// publisher is one of the organization's staff.
	publisher postgres.Actor
	clock     *clock.Fake
	db        *postgres.DB
	org       uuid.UUID
	keys      *secret.Keys
	log       *lockedBuffer
	service   *Service
}

func setup(t testing.TB) *kit {
	t.Helper()
	k := &kit{bundle: testkit.Database(t), keys: newKeys(t), log: &lockedBuffer{}}
	k.admin = k.bundle.Pool(t)
	k.clock = clock.NewFake(clock.Today(clock.System()).At(10, 0))
	k.db = k.open(t)
	k.org = testkit.NewOrganization(t, k.admin, "kita")
	k.publisher = postgres.StaffActor(testkit.NewStaff(t, k.admin, k.org, "publisher"))
	k.service = k.serve(t, k.db, k.keys)
	return k
}

// open is the database as another replica has it.
func (k *kit) open(t testing.TB) *postgres.DB {
	t.Helper()
	db := testkit.Open(t, postgres.Options{URL: k.bundle.LoginURL, Public: 8, Staff: 2, Worker: 1, Clock: k.clock})
	return db
}

func (k *kit) serve(t testing.TB, db *postgres.DB, keys *secret.Keys) *Service {
	t.Helper()
	s := New(db, keys, rand.Reader, slog.New(slog.NewTextHandler(k.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(s.Close)
	return s
}

func (k *kit) event(t testing.TB, o testkit.EventOptions) testkit.Event {
	t.Helper()
	return testkit.NewEvent(t, k.admin, k.org, o)
}

// seats is an event with one in-person quota.
func (k *kit) seats(t testing.TB, capacity int) testkit.Event {
	t.Helper()
	return k.event(
		t,
		testkit.EventOptions{Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: capacity}}}}},
	)
}

func (k *kit) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := k.admin.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) number(t testing.TB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := k.admin.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *kit) taken(t testing.TB, quota uuid.UUID) int {
	t.Helper()
	return k.number(t, "select taken from quota_counter where quota_id = $1", quota)
}

// lock holds a quota's counter until the returned function is called.
func (k *kit) lock(t testing.TB, quota uuid.UUID) (release func()) {
	t.Helper()
	tx, err := k.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "select from quota_counter where quota_id = $1 for update", quota); err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) })
	t.Cleanup(release)
	return release
}

// waiting gives the process ids of at least n program connections that wait for a lock.
func (k *kit) waiting(t testing.TB, n int) []int32 {
	t.Helper()
	for deadline := clock.Start(); deadline.Elapsed() < 10*time.Second; {
		rows, err := k.admin.Query(
			t.Context(),
			`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
				and application_name like 'tonarimachi%'`,
		)
		if err != nil {
			t.Fatal(err)
		}
		pids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
		if err != nil {
			t.Fatal(err)
		}
		if len(pids) >= n {
			return pids
		}
	}
	t.Fatal("nobody waits for the lock")
	return nil
}

func newKeys(t testing.TB, older ...[]byte) *secret.Keys {
	t.Helper()
	keys, err := secret.NewKeys(append([][]byte{randomBytes()}, older...)...)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func randomBytes() []byte {
	b := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(b)
	return b
}

func newSecret(t testing.TB) secret.Ticket {
	t.Helper()
	s, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(e testkit.Event, seats int) Request {
	return Request{EventID: e.ID, QuotaID: e.Quota(), Seats: seats}
}

// attempt makes what Take makes of a request.
func (k *kit) attempt(t testing.TB, r Request) attempt {
	t.Helper()
	a, err := newAttempt(r, k.service.keys, k.service.random)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (k *kit) take(t testing.TB, r Request) (secret.Ticket, Ticket) {
	t.Helper()
	code, ticket, err := k.service.Take(t.Context(), r)
	if err != nil {
		t.Fatalf("Take: %v", err)
	}
	return code, ticket
}

func wantError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
