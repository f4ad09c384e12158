package ticket

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// LapseWaiting ends the offers whose time is over, so that their seats go to the next in line, and
// then the wait of those for whom no promotion can come any more. It gives how many there were. For
// the worker.
func LapseWaiting(ctx context.Context, db *postgres.DB) (int, error) {
	total, err := lapseAll(ctx, db, lapseOffers, 1) // a quota at a time
	if err != nil {
		return total, fmt.Errorf("lapse offers: %w", err)
	}
	n, err := lapseAll(ctx, db, lapseWaiting, lapseBatch)
	if err != nil {
		return total + n, fmt.Errorf("lapse waiting tickets: %w", err)
	}
	return total + n, nil
}

// lapseAll repeats a step, each time in a transaction of its own, until it does less than least.
func lapseAll(
	ctx context.Context,
	db *postgres.DB,
	step func(ctx context.Context, tx *postgres.Tx) (int, error),
	least int,
) (total int, err error) {
	for {
		n := 0
		err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			n, err = step(ctx, tx)
			return err
		})
		if err != nil {
			return total, err
		}
		if total += n; n < least {
			return total, nil
		}
	}
}

// AskStillComing asks those who hold seats that others wait for, from two days before the start on
// and by day, whether they are still coming, and gives how many were asked. Each ticket is asked
// once; no answer never loses the seat. For the worker.
func AskStillComing(ctx context.Context, db *postgres.DB) (n int, err error) {
	err = db.InWorker(ctx, func(tx *postgres.Tx) error {
		n, err = askStillComing(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("ask who is still coming: %w", err)
	}
	return n, nil
}
