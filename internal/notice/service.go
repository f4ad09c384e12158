package notice

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Remind writes the reminders for tomorrow, in the daytime of the day before, and says how many.
func Remind(ctx context.Context, db *postgres.DB) (n int, err error) {
	err = db.InWorker(ctx, func(tx *postgres.Tx) error {
		if n = 0; Quiet(tx.Now) {
			return nil
		}
		n, err = remind(ctx, tx, clock.DateOf(tx.Now).AddDays(1).String())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("write reminders: %w", err)
	}
	return n, nil
}

// Wake queues a delivery for whatever is due and forgotten, and says how many: the net below the
// jobs that causes queue by themselves.
func Wake(ctx context.Context, db *postgres.DB) (n int, err error) {
	err = db.InWorker(ctx, func(tx *postgres.Tx) error {
		n, err = wake(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("wake notices: %w", err)
	}
	return n, nil
}
