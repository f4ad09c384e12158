package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A commit that wrote waits for the synchronous standbys. When its client gives up, PostgreSQL
// keeps it on the primary alone, and everybody sees it from then on. Whoever confirms what an
// earlier transaction did therefore has to commit something too: that commit stands behind the
// other one in the write-ahead log, so that both are on the standbys when it returns
// (docs/adr/0025-an-answer-waits-for-the-standby-as-its-write-did.md).
//
// The message is the smallest record there is; it touches no row and takes no lock.
const (
	writeRecord      = "select pg_logical_emit_message(true, '', '')"
	writeIfNobodyDid = writeRecord + " where pg_current_xact_id_if_assigned() is null"
)

// confirmLimit bounds how long a confirmation waits for the standbys.
const confirmLimit = 10 * time.Second

// Confirm returns when everything that was committed before the call has reached the standbys that
// commits wait for. It is for answers that say that an earlier write happened (sent again, taken
// already), outside of InOrganization, which does the same by itself. ErrUnavailable when it is not
// certain: the write may have happened, and asking again tells.
//
// However many wait, they use one connection of the public role's pool.
func (db *DB) Confirm(ctx context.Context) error {
	if err := db.Unheld(ctx, RolePublic); err != nil { // the connection is another goroutine's
		return err
	}
	if err := db.confirmations.wait(ctx); err != nil {
		return Unavailable(fmt.Errorf("confirm earlier write: %w", err))
	}
	return nil
}

// confirmations lets all who wait share a commit: those that come while one is under way, the next
// one.
type confirmations struct {
	commit func(ctx context.Context) error

	mu    sync.Mutex
	next  *confirmation // not begun yet; nil when nobody waits for it
	busy  bool
	ended bool
	group sync.WaitGroup
	stop  context.CancelFunc
	ctx   context.Context //nolint:containedctx // ends with the DB, not with a caller
}

type confirmation struct {
	done chan struct{}
	err  error
}

var errClosed = errors.New("the database is being closed")

func newConfirmations(commit func(ctx context.Context) error) *confirmations {
	c := &confirmations{commit: commit}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c
}

func (c *confirmations) close() {
	c.mu.Lock()
	c.ended = true
	c.mu.Unlock()
	c.stop()
	c.group.Wait()
}

func (c *confirmations) wait(ctx context.Context) error {
	c.mu.Lock()
	if c.ended {
		c.mu.Unlock()
		return errClosed
	}
	if c.next == nil {
		c.next = &confirmation{done: make(chan struct{})}
	}
	mine := c.next
	if !c.busy {
		c.busy = true
		c.group.Go(c.work)
	}
	c.mu.Unlock()
	select {
	case <-mine.done:
		return mine.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *confirmations) work() {
	for {
		c.mu.Lock()
		now := c.next
		c.next, c.busy = nil, now != nil
		c.mu.Unlock()
		if now == nil {
			return
		}
		ctx, cancel := context.WithTimeout(c.ctx, confirmLimit)
		now.err = c.commit(ctx)
		cancel()
		close(now.done)
	}
}

// ErrLeftLocal says that a transaction is committed on the primary and may be on no standby: its
// wait was cancelled. Nobody may be told that it happened, nor that it did not.
var ErrLeftLocal = errors.New("the commit did not wait for the standbys")

// leftLocal is the mark of a connection whose commit was cancelled while it waited.
const leftLocal = "commit left local"

// noteLeftLocal hears what the server says beside its answers. A cancelled wait is a warning, after
// which the commit succeeds (syncrep.c); it has no SQLSTATE of its own.
func noteLeftLocal(conn *pgconn.PgConn, n *pgconn.Notice) {
	if n.Routine == "SyncRepWaitForLSN" {
		conn.CustomData()[leftLocal] = true
	}
}

// committed gives err, or ErrLeftLocal when the commit before did not wait.
func committed(conn *pgx.Conn, err error) error {
	if data := conn.PgConn().CustomData(); data[leftLocal] != nil {
		delete(data, leftLocal)
		if err == nil {
			return ErrUnavailable.Because(ErrLeftLocal)
		}
	}
	return err
}

// Send runs a batch as one transaction on a connection of the pool. An error may come after a
// commit that nobody heard of, or that did not wait for the standbys (ErrLeftLocal).
func Send(ctx context.Context, pool *pgxpool.Pool, batch *pgx.Batch) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	return committed(conn.Conn(), conn.SendBatch(ctx, batch).Close())
}
