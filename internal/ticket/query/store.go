package query

import (
	"context"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// The settings are parameters, so that pg_stat_activity shows no values.
const (
	sqlAnybody = `select set_config('app.now', $1, true), set_config('lock_timeout', $2, true)`
	sqlHolder  = `select set_config('app.now', $1, true), set_config('app.ticket', $2, true)`
)

// lockTimeout is how long a batch waits for a quota that somebody else is changing; its neighbours
// in the batch wait as long.
const lockTimeout = 2 * time.Second

// Runner sends batches through the pool of the public role. Safe for concurrent use.
type Runner struct {
	Pool  *pgxpool.Pool
	clock clock.Clock
	// minTimeout is what no deadline is shorter than.
	minTimeout time.Duration
}

// NewRunner makes a runner.
func NewRunner(db *postgres.DB) Runner {
	return Runner{Pool: db.PublicPool(), clock: db.Clock(), minTimeout: db.Timeout(0)}
}

// Timeout gives a deadline as the database has it (postgres.DB.Timeout).
func (r Runner) Timeout(d time.Duration) time.Duration { return max(d, r.minTimeout) }

// Now gives the moment of a statement, as exact as the database keeps it.
func (r Runner) Now() time.Time { return r.clock.Now().UTC().Truncate(time.Microsecond) }

// Anybody begins a batch that sees what everybody may see, at that moment.
func (r Runner) Anybody(now time.Time) *pgx.Batch {
	batch := &pgx.Batch{}
	batch.Queue(sqlAnybody, stamp(now), strconv.FormatInt(r.Timeout(lockTimeout).Milliseconds(), 10))
	return batch
}

// Holder lets the statements that follow in the batch see the ticket stored under mac.
func (r Runner) Holder(batch *pgx.Batch, mac []byte) {
	batch.Queue(sqlHolder, stamp(r.Now()), hex.EncodeToString(mac))
}

// Send sends a batch and returns when it is committed.
func (r Runner) Send(ctx context.Context, batch *pgx.Batch) error {
	return postgres.Send(ctx, r.Pool, batch)
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05.999999Z07:00") }

// OrNull gives the zero time as null.
func OrNull(t time.Time) pgtype.Timestamptz { return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()} }
