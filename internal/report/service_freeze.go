package report

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const freezeBatch = 500

// Freeze brings out what is due and gives how many dates it was. For the worker; safe to run in
// several processes.
func Freeze(ctx context.Context, db *postgres.DB) (int, error) {
	total := 0
	for {
		var n int
		err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			n, err = freeze(ctx, tx, freezeBatch)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("freeze figures: %w", err)
		}
		if total += n; n < freezeBatch {
			return total, nil
		}
	}
}
