package round

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type dueRound struct {
	id    uuid.UUID
	state State
}

func selectDueRounds(ctx context.Context, tx *postgres.Tx) ([]dueRound, error) {
	rows, err := tx.Pgx.Query(ctx, "select round_id, state from booking_round_due()")
	if err != nil {
		return nil, fmt.Errorf("find due rounds: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (dueRound, error) {
		var d dueRound
		err := row.Scan(&d.id, &d.state)
		return d, err
	})
}

func lockRound(ctx context.Context, tx *postgres.Tx, d dueRound) (due bool, err error) {
	if err := tx.Pgx.QueryRow(ctx, "select booking_round_lock($1, $2)", d.id, d.state).Scan(&due); err != nil {
		return false, fmt.Errorf("lock round: %w", err)
	}
	return due, nil
}

// wishedFloor is one distinct wish with what it would take.
type wishedFloor struct {
	wish     Wish
	from, to time.Time // with set-up and clearing
	taken    bool
	spaces   []string
}

func selectFloor(ctx context.Context, tx *postgres.Tx, round uuid.UUID) ([]wishedFloor, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		"select room_id, starts_at, ends_at, lower(span), upper(span), taken, spaces, shared from "+
			"booking_round_floor($1)",
		round,
	)
	if err != nil {
		return nil, fmt.Errorf("read floor: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (wishedFloor, error) {
		var f wishedFloor
		var spaces []uuid.UUID
		var shared []bool
		err := row.Scan(&f.wish.RoomID, &f.wish.StartsAt, &f.wish.EndsAt, &f.from, &f.to, &f.taken, &spaces, &shared)
		for i, id := range spaces {
			name := id.String()
			if shared[i] {
				name += lottery.Common
			}
			f.spaces = append(f.spaces, name)
		}
		return f, err
	})
}

func dropWishes(ctx context.Context, tx *postgres.Tx, all []droppedWish) error {
	for _, d := range all {
		if _, err := tx.Pgx.Exec(
			ctx,
			"select booking_round_drop($1, $2, $3)",
			d.application,
			d.rank,
			d.reason,
		); err != nil {
			return fmt.Errorf("drop wish: %w", err)
		}
	}
	return nil
}

func fixRound(ctx context.Context, tx *postgres.Tx, round uuid.UUID, list string) error {
	if _, err := tx.Pgx.Exec(ctx, "select booking_round_fix($1, $2)", round, list); err != nil {
		return fmt.Errorf("fix list: %w", err)
	}
	return nil
}

func seedOf(ctx context.Context, tx *postgres.Tx, round uuid.UUID) (lottery.Seed, error) {
	var seed []byte
	if err := tx.Pgx.QueryRow(ctx, "select booking_round_seed($1)", round).Scan(&seed); err != nil {
		return lottery.Seed{}, fmt.Errorf("read seed: %w", err)
	}
	if len(seed) != len(lottery.Seed{}) {
		return lottery.Seed{}, errors.New("read seed: it is not due yet")
	}
	return lottery.Seed(seed), nil
}

func allot(
	ctx context.Context,
	tx *postgres.Tx,
	application uuid.UUID,
	hold booking.Row,
	from, to time.Time,
) (done bool, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		"select booking_round_allot($1, $2, tstzrange($3, $4))",
		application,
		hold,
		from,
		to,
	).Scan(
		&done,
	)
	if err != nil {
		return false, fmt.Errorf("allot room: %w", err)
	}
	return done, nil
}

// publishDraw reveals the seed with what came of the draw.
func publishDraw(ctx context.Context, tx *postgres.Tx, round uuid.UUID, of strikes, until time.Time) error {
	if _, err := tx.Pgx.Exec(
		ctx,
		"select booking_round_tell($1, $2, $3, $4)",
		round,
		of.lost,
		of.published,
		until,
	); err != nil {
		return fmt.Errorf("publish draw: %w", err)
	}
	return nil
}

// beginDraw marks where undoDraw goes back to, when a draw has to be made again.
func beginDraw(ctx context.Context, tx *postgres.Tx) error {
	if _, err := tx.Pgx.Exec(ctx, "savepoint draw"); err != nil {
		return fmt.Errorf("begin draw: %w", err)
	}
	return nil
}

func undoDraw(ctx context.Context, tx *postgres.Tx) error {
	if _, err := tx.Pgx.Exec(ctx, "rollback to savepoint draw"); err != nil {
		return fmt.Errorf("undo draw: %w", err)
	}
	return nil
}

func finishRound(ctx context.Context, tx *postgres.Tx, round uuid.UUID) error {
	if _, err := tx.Pgx.Exec(ctx, "select booking_round_finish($1)", round); err != nil {
		return fmt.Errorf("finish round: %w", err)
	}
	return nil
}
