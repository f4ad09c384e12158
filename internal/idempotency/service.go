package idempotency

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

// Ledger remembers answers. Safe for concurrent use.
type Ledger struct {
	db *postgres.DB
}

// NewLedger works on db.
func NewLedger(db *postgres.DB) *Ledger { return &Ledger{db: db} }

// Once gives the stored answer, or the one that do gives. What do writes through services, with the
// context it is given, commits together with its answer. do may run again after a deadlock. Errors:
// ErrReused, ErrInProgress, and those of do, after which nothing is stored.
func (l *Ledger) Once(ctx context.Context, r Request, do func(ctx context.Context) (Answer, error)) (Answer, error) {
	var answer Answer
	err := l.db.InOrganization(ctx, r.Organization, r.Actor, func(tx *postgres.Tx) error {
		if err := lock(ctx, tx, r); err != nil {
			return err
		}
		known, found, err := find(ctx, tx, r)
		if err != nil || found {
			answer = known
			return err
		}
		if answer, err = do(postgres.Joined(ctx, tx)); err != nil {
			return err
		}
		return insert(ctx, tx, r, answer)
	})
	if err != nil {
		return Answer{}, err
	}
	return answer, nil
}

const forgetBatch = 1000

// Forget deletes the answers older than retention.AfterAnswer, as the worker's role and a batch a
// transaction, and says how many went. Called again after an interruption it goes on where it
// stopped.
func (l *Ledger) Forget(ctx context.Context) (int, error) {
	total := 0
	for {
		var deleted int
		err := l.db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			deleted, err = deleteBefore(ctx, tx, tx.Now.Add(-retention.AfterAnswer), forgetBatch)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("forget idempotency keys: %w", err)
		}
		total += deleted
		if deleted < forgetBatch {
			return total, nil
		}
	}
}
