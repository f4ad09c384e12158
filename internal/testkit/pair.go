package testkit

import (
	"context"
	"maps"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
)

// Pair is a primary whose commits wait for its one standby, as in production: streaming replication
// between two private servers. Both end with the test.
type Pair struct {
	Primary, Standby *embedded.Server
	// Bundle is a migrated, empty database on the primary.
	*Bundle
}

// replicated is for speed too, but commits and streams as a durable server does.
var replicated = func() map[string]string {
	settings := maps.Clone(forSpeed)
	maps.DeleteFunc(settings, func(name, _ string) bool {
		return name == "synchronous_commit" || name == "wal_level" || name == "max_wal_senders"
	})
	settings["max_connections"] = "60"
	settings["wal_retrieve_retry_interval"] = "50ms" // a standby follows again at once
	return settings
}()

const pairDatabase = "tnm_pair"

// NewPair starts the two servers, which takes some seconds.
func NewPair(t testing.TB) *Pair {
	t.Helper()
	ctx := t.Context()
	start := func(start func(embedded.Options) (*embedded.Server, error)) *embedded.Server {
		t.Helper()
		p, err := startIn(ctx, start)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.stop(context.WithoutCancel(ctx)); err != nil {
				t.Error(err)
			}
		})
		return p.server
	}
	pair := &Pair{}
	pair.Primary = start(func(o embedded.Options) (*embedded.Server, error) {
		o.Settings = replicated
		return embedded.Start(ctx, o)
	})
	ownerURL, loginURL, err := pair.Primary.Prepare(ctx, pairDatabase)
	if err == nil {
		err = postgres.Migrate(ctx, ownerURL, embedded.LoginRole)
	}
	if err != nil {
		t.Fatal(err)
	}
	pair.Bundle = &Bundle{
		Name:     pairDatabase,
		OwnerURL: ownerURL,
		LoginURL: loginURL,
		AdminURL: pair.Primary.AdminURL(pairDatabase),
	}
	pair.Standby = start(func(o embedded.Options) (*embedded.Server, error) {
		o.Settings = replicated
		return embedded.StartStandby(ctx, o, pair.Primary)
	})
	if err := pair.Primary.Demand(ctx, true); err != nil {
		t.Fatal(err)
	}
	return pair
}

// Promoted ends the primary at once, makes the standby the primary and connects to it as superuser.
// The pool closes with the test.
func (p *Pair) Promoted(t testing.TB) *pgxpool.Pool {
	t.Helper()
	p.Primary.Crash()
	if err := p.Standby.Promote(t.Context()); err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.New(t.Context(), p.Standby.AdminURL(p.Name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// LeaveLocal has commits on the primary stay there alone: it cancels the wait of every backend that
// waits for the standby, as PostgreSQL does for clients that give up, and returns when at least one
// did.
func (p *Pair) LeaveLocal(t testing.TB) {
	t.Helper()
	if !p.poll(t, nil, `select coalesce(bool_or(pg_cancel_backend(pid)), false)`) {
		t.Fatal("nobody waits for the standby")
	}
}

// Waits returns true as soon as somebody waits for the standby, false when ended was closed before.
func (p *Pair) Waits(t testing.TB, ended <-chan struct{}) bool {
	t.Helper()
	return p.poll(t, ended, `select count(*) > 0`)
}

// pollLimit is for machines that are busy with other things.
const pollLimit = 30 * time.Second

func (p *Pair) poll(t testing.TB, ended <-chan struct{}, question string) bool {
	t.Helper()
	const waiting = ` from pg_stat_activity where wait_event = 'SyncRep' and backend_type = 'client backend'`
	pool := p.Pool(t)
	for since := clock.Start(); since.Elapsed() < pollLimit; {
		var yes bool
		if err := pool.QueryRow(t.Context(), question+waiting).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		if yes {
			return true
		}
		select {
		case <-ended:
			return false
		default:
			runtime.Gosched()
		}
	}
	return false
}
