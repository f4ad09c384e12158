package postgres

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Timeout gives a deadline of work in the database, raised to Options.MinTimeout.
func (db *DB) Timeout(d time.Duration) time.Duration { return max(d, db.minTimeout) }

type patienceKey struct{}

// WithPatience gives a context under which transactions that only read may take that long, instead
// of what is right for an answer to somebody who waits.
func WithPatience(ctx context.Context, most time.Duration) context.Context {
	return context.WithValue(ctx, patienceKey{}, most)
}

// patience is how long a transaction of the scope may take, its commit not counted if it writes; 0
// for as long as its caller likes.
func (db *DB) patience(ctx context.Context, s scope) time.Duration {
	if asked, ok := ctx.Value(patienceKey{}).(time.Duration); ok && s.readOnly {
		return asked
	}
	switch {
	case s.readOnly && s.role == RolePublic:
		return db.Timeout(publicReadPatience)
	case s.readOnly:
		return db.Timeout(staffReadPatience)
	case s.role == RolePublic:
		return db.Timeout(ticketPatience)
	case s.role == RoleStaff:
		return db.Timeout(writePatience)
	}
	return 0 // jobs and operators have time
}

// limit derives from ctx one that ends when the patience does.
func limit(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	if most == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, most)
}

// deadline puts the context of a transaction, which has its end, in the place of the one that the
// transaction was opened with: what works inside a transaction knows only that one.
type deadline struct {
	opened  context.Context // as the caller gave it
	limited context.Context // derived from opened
}

func (d deadline) of(ctx context.Context) context.Context {
	if ctx == d.opened {
		return d.limited
	}
	return ctx
}

// limitedTx is a transaction whose statements end with its patience. Commit and Rollback have their
// own.
type limitedTx struct {
	pgx.Tx
	deadline
}

// Begin nests by savepoint.
func (t limitedTx) Begin(ctx context.Context) (pgx.Tx, error) {
	nested, err := t.Tx.Begin(t.of(ctx))
	if err != nil {
		return nil, err
	}
	return limitedTx{nested, t.deadline}, nil
}

// Exec runs a statement.
func (t limitedTx) Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error) {
	return t.Tx.Exec(t.of(ctx), sql, arguments...)
}

// Query asks for rows.
func (t limitedTx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	return t.Tx.Query(t.of(ctx), sql, args...)
}

// QueryRow asks for one row.
func (t limitedTx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return t.Tx.QueryRow(t.of(ctx), sql, args...)
}

// SendBatch sends several statements at once.
func (t limitedTx) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	return t.Tx.SendBatch(t.of(ctx), b)
}

// CopyFrom sends many rows.
func (t limitedTx) CopyFrom(
	ctx context.Context,
	table pgx.Identifier,
	columns []string,
	rows pgx.CopyFromSource,
) (int64, error) {
	return t.Tx.CopyFrom(t.of(ctx), table, columns, rows)
}

// ExecContext runs a statement of GORM's.
func (g *gormConn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return g.Conn.ExecContext(g.of(ctx), query, args...)
}

// QueryContext asks for rows for GORM.
func (g *gormConn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return g.Conn.QueryContext(g.of(ctx), query, args...)
}

// QueryRowContext asks for one row for GORM.
func (g *gormConn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return g.Conn.QueryRowContext(g.of(ctx), query, args...)
}
