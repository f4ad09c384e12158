package ticket

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

func (s store) erasures(ctx context.Context, event uuid.UUID) (listed bool, dates []Erasure, err error) {
	batch := &pgx.Batch{}
	batch.Queue(sqlNow, stamp(s.now()), laneLockTimeout)
	batch.Queue(`select exists (select from event e where e.id = $1 and e.listed)`, event).QueryRow(func(row pgx.Row) error { return row.Scan(&listed) })
	batch.Queue(`select occurrence_id, ended_at, erase_after, erased, contact_key, key_destroyed_on from event_erasure($1, $2, $3)`, event, retention.AfterDate, retention.AfterPutOffDate).
		Query(func(rows pgx.Rows) error {
			dates, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Erasure])
			return err
		})
	if err := postgres.Send(ctx, s.pool, batch); err != nil {
		return false, nil, unavailable(fmt.Errorf("read erasures: %w", err))
	}
	return listed, dates, nil
}
