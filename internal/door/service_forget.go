package door

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// ForgetTaps deletes the ids of taps that are retention.AfterTap old, by the day, once the links of
// their date have closed so that nobody can send them again; the counts stay. It works as the
// worker's role, needs no service and says how many were deleted.
func ForgetTaps(ctx context.Context, db *postgres.DB) (int, error) {
	total := 0
	for {
		n := 0
		err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			n, err = deleteTaps(ctx, tx)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("forget taps: %w", err)
		}
		if total += n; n < forgetBatch {
			return total, nil
		}
	}
}
