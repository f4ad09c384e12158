package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const settingsStatement = "select set_config('app.now', $1, true), set_config('app.organization', $2, true), " +
	"set_config('app.actor', $3, true), set_config('app.token', $4, true)"

// InOneStatement runs one statement as tnm_staff for an organization and scans its row: in one
// round trip, in a transaction of its own that begins and commits with it. It is for the busiest
// writes, whose statement is a function that does everything. now is the transaction's Now.
func (db *DB) InOneStatement(
	ctx context.Context,
	organization uuid.UUID,
	actor Actor,
	scan func(row pgx.Row, now time.Time) error,
	statement string,
	args ...any,
) error {
	if tx := joined(ctx, scope{role: RoleStaff, organization: organization, actor: actor}); tx != nil {
		return scan(tx.Pgx.QueryRow(ctx, statement, args...), tx.Now)
	}
	p, ok := db.pools[RoleStaff]
	if !ok {
		return fmt.Errorf("run statement: no pool for %s", RoleStaff)
	}
	for attempt := 1; ; attempt++ {
		err := p.oneStatement(
			ctx,
			db.Timeout(writePatience),
			db.clock.Now().UTC().Truncate(time.Microsecond),
			organization,
			actor,
			scan,
			statement,
			args,
		)
		if attempt == attempts || !retryable(err) {
			return told(err, false)
		}
	}
}

// oneStatement sends settings and statement as one pipeline: the server takes what stands before
// its end for one transaction.
func (p *pool) oneStatement(
	ctx context.Context,
	patience time.Duration,
	now time.Time,
	organization uuid.UUID,
	actor Actor,
	scan func(row pgx.Row, now time.Time) error,
	statement string,
	args []any,
) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var batch pgx.Batch
	token := ""
	if actor.Token != uuid.Nil {
		token = actor.Token.String()
	}
	batch.Queue(
		settingsStatement,
		now.Format("2006-01-02 15:04:05.999999Z07:00"),
		organization.String(),
		actor.ID.String(),
		token,
	)
	batch.Queue(statement, args...)
	conn, err := p.pgx.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	results := conn.SendBatch(ctx, &batch)
	_, err = results.Exec()
	if err == nil {
		err = scan(results.QueryRow(), now)
	}
	if closed := results.Close(); err == nil {
		err = closed // what the commit says
	}
	return committed(conn.Conn(), err)
}
