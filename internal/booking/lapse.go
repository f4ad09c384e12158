package booking

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// LapseTask is the name of the worker's task that runs Lapse.
const LapseTask = "lapse_bookings"

const lapseBatch = 100

// Lapse ends what time ends: holds that ran out and bookings whose time came undecided lapse, and
// those who wait move up in the same transaction; what was confirmed and is over is done. Any
// number of workers may run it: each booking is ended once. It says how many it dealt with.
func Lapse(ctx context.Context, db *postgres.DB) (int, error) {
	total := 0
	for {
		var due []uuid.UUID
		err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			due, err = selectDue(ctx, tx, lapseBatch)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("lapse bookings: %w", err)
		}
		for _, id := range due {
			ended := false
			err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
				ended, err = lapseOne(ctx, tx, id)
				return err
			})
			if err != nil {
				return total, fmt.Errorf("lapse booking: %w", err)
			}
			if ended {
				total++
			}
		}
		if len(due) < lapseBatch {
			break
		}
	}
	for {
		n := 0
		err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			n, err = finish(ctx, tx, lapseBatch)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("finish bookings: %w", err)
		}
		if total += n; n < lapseBatch {
			return total, nil
		}
	}
}

// lapseOne looks again with the locks held: another worker, or a person, may have been quicker.
func lapseOne(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (bool, error) {
	before, err := queryBookings(ctx, tx, "where b.id = $1", id)
	if err != nil || len(before) == 0 {
		return false, err
	}
	facilities := []uuid.UUID{before[0].Room.FacilityID}
	steady, err := lockBookings(ctx, tx, facilities, []uuid.UUID{id})
	if err != nil || !steady {
		return false, err // moved meanwhile: the next round looks at it
	}
	after, err := queryBookings(ctx, tx, "where b.id = $1", id)
	if err != nil || len(after) == 0 {
		return false, err
	}
	b := &after[0]
	if !b.due(tx) {
		return false, nil
	}
	b.Status = Lapsed
	if err := setStatus(ctx, tx, b); err != nil {
		return false, err
	}
	if err := insertChange(ctx, tx, b, "lapsed"); err != nil {
		return false, err
	}
	if _, err := settle(ctx, tx, []uuid.UUID{id}, facilities); err != nil {
		return false, err
	}
	return true, audit.Record(ctx, tx, audit.Entry{
		Organization: b.Lender.ID,
		Action:       "booking.lapsed",
		SubjectKind:  "booking",
		SubjectID:    b.ID,
		Detail:       map[string]any{"room_id": b.Room.ID},
	})
}

// due tells whether time ends it: selectDue has the same rule.
func (b *Booking) due(tx *postgres.Tx) bool {
	switch b.Status {
	case Waiting, Requested, Approved, Held:
		return !tx.Now.Before(b.StartsAt) || b.Status == Held && !tx.Now.Before(*b.ExpiresAt)
	case Confirmed, Done, Declined, Cancelled, Lapsed:
	}
	return false
}
