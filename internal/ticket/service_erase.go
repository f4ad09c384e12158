package ticket

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const eraseBatch = 500

// Eraser takes from tickets what points at their holders. It works as the worker's role and is safe
// for concurrent use, in other processes too.
type Eraser struct {
	db    *postgres.DB
	batch int
}

// NewEraser makes an eraser.
func NewEraser(db *postgres.DB) *Eraser { return &Eraser{db: db, batch: eraseBatch} }

// EraseEnded erases secret, nickname and calendar of every ticket whose date ended more than
// retention.AfterDate ago, by the latest end that was ever announced and reached
// (occurrence_kept_until); what is left is a count. A postponed date has not ended: its holders
// keep their seats until new times are set, for retention.AfterPutOffDate at most. One that waits
// may wait for a later date of the event: LapseWaiting comes first. Each batch commits by itself,
// so that a call after an interruption goes on where the last one stopped. It says how many tickets
// were erased.
func (e *Eraser) EraseEnded(ctx context.Context) (int, error) {
	total := 0
	for {
		erased := 0
		err := e.db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			erased, err = eraseEnded(ctx, tx, e.batch)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("erase tickets: %w", err)
		}
		total += erased
		if erased < e.batch {
			return total, nil
		}
	}
}

// Erasures gives the past dates of a listed event, the latest first and 500 at most;
// event.ErrUnknown for any other event. How many tickets there were is not told.
func (s *Service) Erasures(ctx context.Context, eventID uuid.UUID) ([]Erasure, error) {
	listed, dates, err := s.store.erasures(ctx, eventID)
	if err == nil && !listed {
		err = event.ErrUnknown
	}
	return dates, err
}
