package ticket

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

const sqlErasures = `
	select occurrence_id, ended_at, erase_after, erased, contact_key, key_destroyed_on
	from event_erasure($1, $2, $3)`

// erasures gives the past dates of an event, and whether the public may see it.
func (s store) erasures(ctx context.Context, event uuid.UUID) (listed bool, dates []Erasure, err error) {
	batch := s.Anybody(s.Now())
	batch.Queue(sqlIsListed, event).QueryRow(func(row pgx.Row) error { return row.Scan(&listed) })
	batch.Queue(sqlErasures, event, retention.AfterDate, retention.AfterPutOffDate).Query(func(rows pgx.Rows) error {
		dates, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Erasure])
		return err
	})
	if err := s.Send(ctx, batch); err != nil {
		return false, nil, query.Unavailable(fmt.Errorf("read erasures: %w", err))
	}
	return listed, dates, nil
}

// eraseEnded erases up to most tickets of dates whose time is over and gives how many there were.
func eraseEnded(ctx context.Context, tx *postgres.Tx, most int) (int, error) {
	const erase = `
		update ticket set secret_mac = null, nickname = null, calendar_mac = null
		where id in (
		  select t.id from occurrence o join ticket t on t.occurrence_id = o.id
		  where t.secret_mac is not null and t.seats > 0 and t.status <> 'waiting'
		    and o.ends_at < $1 and occurrence_kept_until(o, $2, $3) < $4
		  limit $5 for update of t skip locked)`
	tag, err := tx.Pgx.Exec(
		ctx,
		erase,
		tx.Now.Add(-retention.AfterDate),
		retention.AfterDate,
		retention.AfterPutOffDate,
		tx.Now,
		most,
	)
	return int(tag.RowsAffected()), err
}
