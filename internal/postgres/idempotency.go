package postgres

import (
	"context"
	"fmt"
	"time"
)

const purgeBatch = 1000

// PurgeIdempotencyKeys deletes the answers kept for Idempotency-Key headers that are older than age, a batch a transaction, and says how many went.
// Called again after an interruption it goes on where it stopped.
func (db *DB) PurgeIdempotencyKeys(ctx context.Context, age time.Duration) (int, error) {
	total := 0
	for {
		var deleted int64
		err := db.InWorker(ctx, func(tx *Tx) error {
			tag, err := tx.Pgx.Exec(ctx, `
				delete from idempotency_key k using (
				  select organization_id, key from idempotency_key where created_at < $1 order by created_at limit $2
				) old where k.organization_id = old.organization_id and k.key = old.key`, tx.Now.Add(-age), purgeBatch)
			deleted = tag.RowsAffected()
			return err
		})
		if err != nil {
			return total, fmt.Errorf("purge idempotency keys: %w", err)
		}
		total += int(deleted)
		if deleted < purgeBatch {
			return total, nil
		}
	}
}
