package door

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// selectSlots gives the slots of the date that a link opens; no row says that the link is unknown.
func selectSlots(ctx context.Context, tx *postgres.Tx, macs [][]byte) (slots []Slot, v verdict, err error) {
	v.outcome = unknown
	rows, err := tx.Pgx.Query(
		ctx,
		`select state, slot_id, part_id, starts_at, ends_at, booths, walk_in, closed, parties, taken
			from door_slots($1)`,
		macs,
	)
	if err != nil {
		return nil, verdict{}, err
	}
	var (
		id, part       *uuid.UUID
		starts, ends   *time.Time
		booths         []string
		walkIn, closed *bool
		parties, taken *int
	)
	_, err = pgx.ForEachRow(
		rows,
		[]any{&v.outcome, &id, &part, &starts, &ends, &booths, &walkIn, &closed, &parties, &taken},
		func() error {
			if id != nil {
				slots = append(slots, Slot{
					ID:       *id,
					PartID:   *part,
					StartsAt: *starts,
					EndsAt:   *ends,
					Booths:   booths,
					WalkIn:   *walkIn,
					Closed:   *closed,
					Parties:  *parties,
					Taken:    *taken,
				})
			}
			return nil
		},
	)
	return slots, v, err
}

func markSlot(
	ctx context.Context,
	tx *postgres.Tx,
	macs [][]byte,
	slot uuid.UUID,
	parties int,
) (v verdict, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		`select outcome, coalesce(parties, 0) from door_slot($1, $2, $3)`,
		macs,
		slot,
		parties,
	).Scan(&v.outcome, &v.most)
	return v, err
}
