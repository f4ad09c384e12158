package door

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Slots gives the slots of the date that a link opens, by time and then by table. ErrLink,
// ErrEarly, ErrOver.
func (s *Service) Slots(ctx context.Context, token secret.Door) ([]Slot, error) {
	var slots []Slot
	err := s.atDoor(ctx, func(tx *postgres.Tx) (v verdict, err error) {
		slots, v, err = selectSlots(ctx, tx, s.keys.DoorMACs(token))
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("list slots at door: %w", err)
	}
	slices.SortStableFunc(slots, func(a, b Slot) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), slices.Compare(a.Booths, b.Booths))
	})
	return slots, nil
}

// MarkSlot says how many parties sit in a slot that is kept for walk-ins, and gives how many fit.
// The same again changes nothing. ErrLink, ErrEarly, ErrOver, ErrSlot; ErrSlotBooked for one that
// is booked ahead; ErrSlotFull for more than fit.
func (s *Service) MarkSlot(ctx context.Context, token secret.Door, slot uuid.UUID, parties int) (int, error) {
	if parties < 0 {
		return 0, fmt.Errorf("mark slot: %w", ErrSlotFull.Field("parties", "too_small", "min", 0))
	}
	fit := 0
	err := s.atDoor(ctx, func(tx *postgres.Tx) (v verdict, err error) {
		v, err = markSlot(ctx, tx, s.keys.DoorMACs(token), slot, parties)
		fit = v.most
		return v, err
	})
	if err != nil {
		return 0, fmt.Errorf("mark slot: %w", err)
	}
	return fit, nil
}
