package ticket

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

const eraseBatch = 500

// Eraser takes from tickets what points at their holders. It works as the worker's role and is safe for concurrent use, in other processes too.
type Eraser struct {
	db    *postgres.DB
	batch int
}

// NewEraser makes an eraser.
func NewEraser(db *postgres.DB) *Eraser { return &Eraser{db: db, batch: eraseBatch} }

// EraseEnded erases secret, nickname and calendar of every ticket whose date ended more than retention.AfterDate ago, by the latest end that was ever announced
// and reached (occurrence_kept_until); what is left is a count. A postponed
// date has not ended: its holders keep their seats until new times are set, for retention.AfterPutOffDate at most. One that waits may wait for a later
// date of the event: LapseWaiting comes first. Each batch commits by itself, so that a call after an interruption goes on where the last one stopped. It
// says how many tickets were erased.
func (e *Eraser) EraseEnded(ctx context.Context) (int, error) {
	total := 0
	for {
		var erased int64
		err := e.db.InWorker(ctx, func(tx *postgres.Tx) error {
			tag, err := tx.Pgx.Exec(ctx, `
				update ticket set secret_mac = null, nickname = null, calendar_mac = null
				where id in (
				  select t.id from occurrence o join ticket t on t.occurrence_id = o.id
				  where t.secret_mac is not null and t.seats > 0 and t.status <> 'waiting'
				    and o.ends_at < $1 and occurrence_kept_until(o, $2, $3) < $4
				  limit $5 for update of t skip locked
				)`, tx.Now.Add(-retention.AfterDate), retention.AfterDate, retention.AfterPutOffDate, tx.Now, e.batch)
			erased = tag.RowsAffected()
			return err
		})
		if err != nil {
			return total, fmt.Errorf("erase tickets: %w", err)
		}
		total += int(erased)
		if int(erased) < e.batch {
			return total, nil
		}
	}
}
