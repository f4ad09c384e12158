package postgres_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// [O1] The guard sees a second connection however it is asked for, and nothing else.
func TestSecondConnectionsAreFound(t *testing.T) {
	t.Parallel()
	bundle := testkit.Database(t)
	organization := testkit.NewOrganization(t, bundle.Pool(t), "toshima")
	var mu sync.Mutex
	var found []postgres.Second
	db, err := postgres.Open(
		t.Context(),
		postgres.Options{URL: bundle.LoginURL, Public: 2, Staff: 2, Worker: 2, OnSecond: func(s postgres.Second) bool {
			mu.Lock()
			defer mu.Unlock()
			found = append(found, s)
			return false
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	nothing := func(*postgres.Tx) error { return nil }
	statement := func(ctx context.Context) error {
		_, err := db.PublicPool().Exec(ctx, "select 1")
		return err
	}
	public := func(ctx context.Context) error { return db.InPublic(ctx, nothing) }
	staff := func(ctx context.Context) error { return db.ReadOrganization(ctx, organization, nothing) }
	one := func(ctx context.Context) error {
		return db.InOneStatement(
			ctx,
			organization,
			postgres.StaffActor(uuid.New()),
			func(row pgx.Row, _ time.Time) error { return row.Scan(new(int)) },
			"select 1",
		)
	}
	// elsewhere asks in another goroutine, which a request's context leads to.
	elsewhere := func(ask func(context.Context) error) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			var group sync.WaitGroup
			group.Go(func() { err = ask(ctx) })
			group.Wait()
			return err
		}
	}
	unheld := func(role postgres.Role) func(context.Context) error {
		return func(ctx context.Context) error { return db.Unheld(ctx, role) }
	}
	inPublic := func(ctx context.Context, fn func() error) error {
		return db.InPublic(ctx, func(*postgres.Tx) error { return fn() })
	}
	inTicket := func(ctx context.Context, fn func() error) error {
		return db.InTicket(ctx, []byte("mac"), func(*postgres.Tx) error { return fn() })
	}
	inStaff := func(ctx context.Context, fn func() error) error {
		return db.ReadOrganization(ctx, organization, func(*postgres.Tx) error { return fn() })
	}
	inWorker := func(ctx context.Context, fn func() error) error {
		return db.InWorker(ctx, func(*postgres.Tx) error { return fn() })
	}
	inNone := func(_ context.Context, fn func() error) error { return fn() }
	plain := func(ctx context.Context) context.Context { return ctx }
	for name, tt := range map[string]struct {
		context func(context.Context) context.Context
		hold    func(ctx context.Context, fn func() error) error
		ask     func(ctx context.Context) error
		found   bool
	}{
		"public in public":       {plain, inPublic, public, true},
		"public in a ticket's":   {plain, inTicket, public, true},
		"a statement in public":  {plain, inPublic, statement, true},
		"staff in staff":         {plain, inStaff, staff, true},
		"one statement in staff": {plain, inStaff, one, true},
		"worker in worker": {
			plain,
			inWorker,
			func(ctx context.Context) error { return db.InWorker(ctx, nothing) },
			true,
		},
		"staff in public, against the order": {plain, inPublic, staff, true},
		"public in staff":                    {plain, inStaff, public, false},
		"public in worker":                   {plain, inWorker, public, false},
		"about to wait for public":           {plain, inPublic, unheld(postgres.RolePublic), true},
		"about to wait for staff, in public": {plain, inPublic, unheld(postgres.RoleStaff), true},
		"about to wait for public, in staff": {plain, inStaff, unheld(postgres.RolePublic), false},
		"one after the other": {plain, inNone, func(ctx context.Context) error {
			return errors.Join(public(ctx), statement(ctx), staff(ctx), one(ctx), public(ctx))
		}, false},
		"two goroutines":              {plain, inPublic, elsewhere(public), false},
		"two goroutines of a request": {postgres.Watched, inPublic, elsewhere(public), true},
		"two goroutines, the other's own": {
			postgres.Watched,
			inPublic,
			elsewhere(func(ctx context.Context) error { return public(postgres.Watched(ctx)) }),
			false,
		},
		"one after the other, of a request": {
			postgres.Watched,
			inNone,
			func(ctx context.Context) error { return errors.Join(public(ctx), elsewhere(public)(ctx)) },
			false,
		},
		"in staff's of a request": {postgres.Watched, inStaff, elsewhere(public), false},
		"who may":                 {postgres.Several, inPublic, public, false},
		"who may no longer": {
			func(ctx context.Context) context.Context { return postgres.Watched(postgres.Several(ctx)) },
			inPublic,
			public,
			true,
		},
	} {
		mu.Lock()
		found = nil
		mu.Unlock()
		ctx := tt.context(t.Context())
		err := tt.hold(ctx, func() error { return tt.ask(ctx) })
		if (len(found) == 1) != tt.found || errors.Is(err, postgres.ErrSecondConnection) != tt.found ||
			!tt.found && err != nil {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
		for _, s := range found {
			if !strings.HasPrefix(s.Place, "internal/postgres_test.TestSecondConnectionsAreFound") {
				t.Errorf("%s: found at %s", name, s.Place)
			}
		}
	}
}

// [O1] Nobody waits for a connection for ever: after a while the caller hears that the database is
// not to be had.
func TestWaitingForAConnectionEnds(t *testing.T) {
	t.Parallel()
	bundle := testkit.Database(t)
	organization := testkit.NewOrganization(t, bundle.Pool(t), "toshima")
	db, err := postgres.Open(
		t.Context(),
		postgres.Options{URL: bundle.LoginURL, Public: 1, Staff: 1, AcquireWithin: 200 * time.Millisecond},
	)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	nothing := func(*postgres.Tx) error { return nil }
	asks := map[string]func() error{
		"public": func() error { return db.InPublic(t.Context(), nothing) },
		"ticket": func() error { return db.InTicket(t.Context(), nil, nothing) },
		"staff":  func() error { return db.ReadOrganization(t.Context(), organization, nothing) },
		"one statement": func() error {
			return db.InOneStatement(
				t.Context(),
				organization,
				postgres.StaffActor(uuid.New()),
				func(pgx.Row, time.Time) error { return nil },
				"select 1",
			)
		},
		"single statement": func() error {
			_, err := db.PublicPool().Exec(t.Context(), "select 1")
			return postgres.Unavailable(err)
		},
		"ready": func() error { return postgres.Unavailable(db.Ready(t.Context())) },
	}
	err = db.ReadOrganization(t.Context(), organization, func(*postgres.Tx) error {
		return db.InPublic(t.Context(), func(*postgres.Tx) error {
			var group sync.WaitGroup
			defer group.Wait()
			for name, ask := range asks {
				group.Go(func() {
					if err := ask(); !errors.Is(err, postgres.ErrUnavailable) {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, ask := range asks { // and the next one has what was given back
		if err := ask(); err != nil && name != "one statement" {
			t.Errorf("%s, afterwards: %v", name, err)
		}
	}
}
