package grant

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/batch"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// kit has a database, a clock that stands, an organization and a granter.
type kit struct {
	admin   *pgxpool.Pool
	db      *postgres.DB
	org     uuid.UUID
	log     *bytes.Buffer
	granter *Granter
}

func setup(t *testing.T) *kit {
	t.Helper()
	return setupWithin(t, 0)
}

// setupWithin is setup with deadlines that are no shorter than that; 0 for what tests have.
func setupWithin(t *testing.T, least time.Duration) *kit {
	t.Helper()
	bundle := testkit.Database(t)
	k := &kit{admin: bundle.Pool(t), log: &bytes.Buffer{}}
	k.db = testkit.Open(t, postgres.Options{
		URL:        bundle.LoginURL,
		Public:     8,
		Staff:      2,
		Worker:     1,
		MinTimeout: least,
		Clock:      clock.NewFake(clock.Today(clock.System()).At(10, 0)),
	})
	k.org = testkit.NewOrganization(t, k.admin, "kita")
	k.granter = New(query.NewRunner(k.db), slog.New(slog.DiscardHandler), func(context.Context, []byte) error {
		t.Error("seats are given back")
		return nil
	})
	t.Cleanup(k.granter.Close)
	return k
}

// seats is an event with one in-person quota.
func (k *kit) seats(t *testing.T, capacity int) testkit.Event {
	t.Helper()
	return testkit.NewEvent(t, k.admin, k.org, testkit.EventOptions{
		Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: capacity}}}},
	})
}

func (k *kit) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := k.admin.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *kit) taken(t *testing.T, quota uuid.UUID) int {
	t.Helper()
	return k.number(t, "select taken from quota_counter where quota_id = $1", quota)
}

// lock holds a quota's counter until the returned function is called.
func (k *kit) lock(t *testing.T, quota uuid.UUID) (release func()) {
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

// awaitLock returns once a connection of the program waits for a lock.
func (k *kit) awaitLock(t *testing.T) {
	t.Helper()
	const waiting = `
		select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
		  and application_name like 'tonarimachi%'`
	for deadline := clock.Start(); deadline.Elapsed() < 10*time.Second; {
		rows, err := k.admin.Query(t.Context(), waiting)
		if err != nil {
			t.Fatal(err)
		}
		pids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
		if err != nil {
			t.Fatal(err)
		}
		if len(pids) > 0 {
			return
		}
	}
	t.Fatal("nobody waits for the lock")
}

func request(e testkit.Event) Request {
	return Request{Event: e.ID, Quota: e.Quota(), ID: uuid.New(), MAC: randomMAC(), Seats: 1, OwnSecret: true}
}

func randomMAC() []byte {
	mac := make([]byte, 32)
	_, _ = rand.Read(mac)
	return mac
}

func calls(requests ...Request) (all []*call) {
	for _, r := range requests {
		all = append(all, batch.NewCall[Request, Verdict](r))
	}
	return all
}

// heard gives what a call was answered.
func heard(t *testing.T, c *call) (Outcome, error) {
	t.Helper()
	ended, end := context.WithCancel(context.Background())
	end()
	v, err := c.Wait(ended)
	if errors.Is(err, context.Canceled) {
		t.Fatal("no answer")
	}
	return v.Outcome, err
}

// leave withdraws a call, as when its caller's context ends.
func leave(t *testing.T, c *call) {
	t.Helper()
	gone, end := context.WithCancel(context.Background())
	end()
	if _, err := c.Wait(gone); !errors.Is(err, context.Canceled) {
		t.Fatalf("Wait of a caller who leaves: %v", err)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}
