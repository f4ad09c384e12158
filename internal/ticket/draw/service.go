package draw

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

// Find gives what is published of the draw of a part of a listed event; ErrUnknown when there is
// none. The list is public from the moment it is fixed until the tickets of its date are erased.
func Find(ctx context.Context, runner query.Runner, eventID, partID uuid.UUID) (Draw, error) {
	d, err := store{runner}.published(ctx, eventID, partID)
	if err != nil {
		return Draw{}, fmt.Errorf("show draw: %w", err)
	}
	return d, nil
}

// Task is the worker's task that fixes lists and draws lots.
const Task = "draw_lots"

// Lots fixes the lists of draws whose applications have closed and draws those that are due; it
// says how many steps were done. Each step is a transaction of its own: it happens once, whoever
// else does the same at the moment, and an interrupted one has not happened. One that fails keeps
// none of the others from theirs. For the worker.
func Lots(ctx context.Context, db *postgres.DB) (int, error) {
	total := 0
	failed := map[uuid.UUID]error{}
	for {
		var steps []step
		err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			steps, err = selectDue(ctx, tx)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("find draws: %w", err)
		}
		done := 0
		for _, step := range steps {
			if failed[step.part] != nil {
				continue
			}
			did, err := do(ctx, db, step)
			if err != nil {
				failed[step.part] = fmt.Errorf("draw lots of part %s: %w", step.part, err)
				continue
			}
			if did {
				done++
			}
		}
		if total += done; done == 0 {
			break
		}
	}
	var all []error
	for _, err := range failed {
		all = append(all, err)
	}
	return total, errors.Join(all...)
}

// do takes a step of a draw; false when somebody else did.
func do(ctx context.Context, db *postgres.DB, st step) (done bool, err error) {
	err = db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
		if st.state == Open {
			done, err = FixList(ctx, tx, st.part)
			return err
		}
		done, err = InTx(ctx, tx, st.part)
		return err
	})
	return done, err
}

// InTx draws the lots of a part, once, in the transaction given; false when that is not due.
func InTx(ctx context.Context, tx *postgres.Tx, part uuid.UUID) (bool, error) {
	l, found, err := openDraw(ctx, tx, part)
	if err != nil || !found {
		return false, err
	}
	winners, others, err := l.settle()
	if err != nil {
		return false, err
	}
	return true, settleDraw(ctx, tx, part, winners, others)
}
