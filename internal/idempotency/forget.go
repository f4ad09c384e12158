package idempotency

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

const forgetBatch = 1000

// Forget deletes the answers older than retention.AfterAnswer, as the worker's role and a batch a
// transaction, and says how many went. Called again after an interruption it goes on where it
// stopped.
func (l *Ledger) Forget(ctx context.Context) (int, error) {
	total := 0
	for {
		var deleted int64
		err := l.db.InWorker(ctx, func(tx *postgres.Tx) error {
			tag, err := tx.Pgx.Exec(ctx, `
				delete from idempotency_key k using (
				  select organization_id, key from idempotency_key where created_at < $1 order by created_at limit $2
				) old where k.organization_id = old.organization_id and k.key = old.key`,
				tx.Now.Add(-retention.AfterAnswer),
				forgetBatch,
			)
			deleted = tag.RowsAffected()
			return err
		})
		if err != nil {
			return total, fmt.Errorf("forget idempotency keys: %w", err)
		}
		total += int(deleted)
		if deleted < forgetBatch {
			return total, nil
		}
	}
}
