package idempotency_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/idempotency"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var created = idempotency.Answer{
	Status:      201,
	ContentType: "application/json",
	Location:    "/x",
	Body:        []byte(`{"done":true}`),
}

func TestOnce(t *testing.T) {
	t.Parallel()
	bundle := testkit.Database(t)
	pool, now := bundle.Pool(t), clock.NewFake(time.Date(2026, time.November, 22, 12, 0, 0, 0, clock.Tokyo))
	db := testkit.Open(t, postgres.Options{URL: bundle.LoginURL, Staff: 8, Worker: 1, Clock: now})
	ledger := idempotency.NewLedger(db)
	kiyose, bunkyo := testkit.NewOrganization(t, pool, "kiyose"), testkit.NewOrganization(t, pool, "bunkyo")
	ask := func(organization uuid.UUID, key, body string) idempotency.Request {
		return idempotency.Request{
			Organization: organization,
			Actor:        postgres.StaffActor(uuid.New()),
			Key:          key,
			Fingerprint:  sha256.Sum256([]byte(body)),
		}
	}
	var done atomic.Int32
	work := func(context.Context) (idempotency.Answer, error) {
		done.Add(1)
		return created, nil
	}
	want := func(r idempotency.Request, runs int32) {
		t.Helper()
		got, err := ledger.Once(t.Context(), r, work)
		if err != nil || got.Status != created.Status || string(got.Body) != string(created.Body) ||
			got.Location != created.Location ||
			done.Load() != runs {
			t.Errorf("%+v, %v after %d runs, want %d", got, err, done.Load(), runs)
		}
	}
	stop := errors.New("stop")
	if _, err := ledger.Once(
		t.Context(),
		ask(kiyose, "a", "1"),
		func(context.Context) (idempotency.Answer, error) { return created, stop },
	); !errors.Is(
		err,
		stop,
	) {
		t.Errorf("a refusal: %v", err)
	}
	want(ask(kiyose, "a", "1"), 1) // the refusal was not stored
	want(ask(kiyose, "a", "1"), 1)
	want(ask(bunkyo, "a", "1"), 2) // keys belong to one organization
	if _, err := ledger.Once(t.Context(), ask(kiyose, "a", "2"), work); !errors.Is(err, idempotency.ErrReused) {
		t.Errorf("another request under the same key: %v", err)
	}

	// Many at once: one does the work, the others hear its answer or that it is under way.
	before := done.Load()
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if _, err := ledger.Once(
				t.Context(),
				ask(kiyose, "b", "1"),
				work,
			); err != nil &&
				!errors.Is(err, idempotency.ErrInProgress) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := done.Load() - before; n != 1 {
		t.Errorf("done %d times", n)
	}

	if n, err := ledger.Forget(t.Context()); n != 0 || err != nil {
		t.Errorf("forgot %d too early, %v", n, err)
	}
	now.Advance(retention.AfterAnswer + time.Second)
	if n, err := ledger.Forget(t.Context()); n != 3 || err != nil {
		t.Errorf("forgot %d, %v", n, err)
	}
	want(ask(kiyose, "a", "1"), done.Load()+1)
}
