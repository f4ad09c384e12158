package notice

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// key names a notice.
type key struct {
	ticket   uuid.UUID
	kind     Kind
	revision int
}

// sealedContact is what the worker's key store opens.
type sealedContact struct {
	key    uuid.UUID
	sealed []byte
}

// ledger works on the notices of one event over one connection, which holds a lock on it: nobody
// else delivers them. The lock ends with the connection.
type ledger struct {
	conn  *pgxpool.Conn
	event uuid.UUID
}

// lockEvent gives nil when another worker is at it.
func lockEvent(ctx context.Context, db *postgres.DB, event uuid.UUID) (*ledger, error) {
	conn, err := db.WorkerPool().Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("acquire connection: %w", err)
	}
	var locked bool
	if err := conn.QueryRow(
		ctx,
		`select pg_try_advisory_lock(hashtextextended('tonarimachi notices ' || $1::text, 0))`,
		event,
	).Scan(
		&locked,
	); err != nil ||
		!locked {
		conn.Release()
		return nil, err
	}
	return &ledger{conn: conn, event: event}, nil
}

// close gives the lock back; where that fails, the connection goes and the lock with it.
func (l *ledger) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := l.conn.Exec(
		ctx,
		`select pg_advisory_unlock(hashtextextended('tonarimachi notices ' || $1::text, 0))`,
		l.event,
	); err != nil {
		_ = l.conn.Hijack().Close(ctx)
		return
	}
	l.conn.Release()
}

// due gives notices of a round. At night (before is not nil) those alone whose part begins before
// that moment.
func (l *ledger) due(ctx context.Context, round int, before *time.Time, most int) ([]row, error) {
	rows, err := l.conn.Query(ctx, `
		select n.ticket_id, n.kind, n.revision, n.handovers, t.status, e.status, o.status, p.starts_at, p.ends_at,
		  c.key_id, c.sealed
		from notice n
		join ticket t on t.id = n.ticket_id
		join part p on p.id = t.part_id
		join occurrence o on o.id = t.occurrence_id
		join event e on e.id = t.event_id
		left join ticket_contact c on c.ticket_id = n.ticket_id
		where n.event_id = $1 and n.tries = $2 and n.state = 'due' and ($3::timestamptz is null or p.starts_at < $3)
		order by n.ticket_id, n.kind, n.revision
		limit $4`, l.event, round, before, most)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(from pgx.CollectableRow) (row, error) {
		var r row
		var keyID *uuid.UUID
		var sealed []byte
		err := from.Scan(
			&r.ticket,
			&r.kind,
			&r.revision,
			&r.handovers,
			&r.ticketStatus,
			&r.eventStatus,
			&r.occurrenceStatus,
			&r.startsAt,
			&r.endsAt,
			&keyID,
			&sealed,
		)
		if keyID != nil {
			r.sealed = &sealedContact{*keyID, sealed}
		}
		return r, err
	})
}

// held reports whether notices of a round are left for the morning.
func (l *ledger) held(ctx context.Context, round int) (found bool, err error) {
	err = l.conn.QueryRow(
		ctx,
		`select exists (select from notice where event_id = $1 and tries = $2 and state = 'due')`,
		l.event,
		round,
	).Scan(
		&found,
	)
	return found, err
}

// handOver writes down that the message is about to leave; false when it was withdrawn meanwhile.
func (l *ledger) handOver(ctx context.Context, k key) (bool, error) {
	tag, err := l.conn.Exec(ctx, `
		update notice set handovers = handovers + 1
			where ticket_id = $1 and kind = $2 and revision = $3 and state = 'due'`, k.ticket, k.kind, k.revision)
	return tag.RowsAffected() == 1, err
}

// settle writes down what became of it.
func (l *ledger) settle(ctx context.Context, k key, state string) error {
	_, err := l.conn.Exec(ctx, `
		update notice set state = $4 where ticket_id = $1 and kind = $2 and revision = $3
			and state in ('due', 'dropped')`, k.ticket, k.kind, k.revision, state)
	return err
}

// again moves it to the next round. known says that the message was not taken, so that its handover
// does not count.
func (l *ledger) again(ctx context.Context, k key, known bool) error {
	_, err := l.conn.Exec(ctx, `
		update notice set tries = tries + 1, handovers = greatest(0, handovers - $4::int)::smallint
		where ticket_id = $1 and kind = $2 and revision = $3 and state = 'due'`, k.ticket, k.kind, k.revision,
		map[bool]int{true: 1}[known])
	return err
}

func (l *ledger) forget(ctx context.Context, ticket uuid.UUID) error {
	_, err := l.conn.Exec(ctx, `delete from ticket_contact where ticket_id = $1`, ticket)
	return err
}

// remind writes the reminders for a day.
func remind(ctx context.Context, tx *postgres.Tx, day string) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select notice_remind($1::text::date)`, day).Scan(&n)
	return n, err
}

// wake queues deliveries for what is due and has no job that waits for its turn. Running ones don't
// count: their worker may be dead.
func wake(ctx context.Context, tx *postgres.Tx) (int, error) {
	tag, err := tx.Pgx.Exec(ctx, `
		insert into river.river_job (kind, queue, state, max_attempts, args)
		select 'duty', 'duties', 'available', 25, d.args
		from (select distinct jsonb_build_object('duty', 'deliver_notices', 'event_id', n.event_id, 'round',
		  n.tries) as args from notice n where n.state = 'due') d
		where not exists (
		  select from river.river_job j
		  where j.kind = 'duty' and j.state in ('available', 'pending', 'scheduled', 'retryable')
			and j.args @> d.args)`)
	return int(tag.RowsAffected()), err
}
