package event

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Slots gives the slots of a listed event by time; ErrUnknown otherwise.
func (s *Service) Slots(ctx context.Context, id uuid.UUID) ([]BoothSlot, error) {
	var slots []BoothSlot
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) (err error) {
		if err = one(
			LoadTx(ctx, tx, []uuid.UUID{id}, Window{PerEvent: 1, Calendar: true}, false),
		)(
			new(Event),
		); err != nil {
			return err
		}
		slots, err = loadSlots(ctx, tx, id, false)
		return err
	})
	return slots, err
}

// Sittings tells of which sittings the parts are; those that stand alone, and those of events that
// are not listed, are missing.
func (s *Service) Sittings(ctx context.Context, parts []uuid.UUID) (map[uuid.UUID]Sitting, error) {
	var found map[uuid.UUID]Sitting
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) (err error) {
		found, err = selectSittings(ctx, tx, parts)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find sittings: %w", err)
	}
	return found, nil
}

// SlotsForStaff gives the slots of an event as an organization's staff see them, with numbers.
func (s *Service) SlotsForStaff(ctx context.Context, organization, id uuid.UUID) ([]BoothSlot, error) {
	var slots []BoothSlot
	err := s.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		if err = one(
			LoadTx(ctx, tx, []uuid.UUID{id}, Window{PerEvent: 1, Calendar: true}, false),
		)(
			new(Event),
		); err != nil {
			return err
		}
		slots, err = loadSlots(ctx, tx, id, true)
		return err
	})
	return slots, err
}

// SetSlotRule says how the slots of a part may be put together on one ticket; those taken already
// stay. ErrPartUnknown, ErrWithoutSlots, ErrInvalid.
func (s *Service) SetSlotRule(
	ctx context.Context,
	a staff.Author,
	id, occurrence, part uuid.UUID,
	rule SlotRule,
) (SlotRule, error) {
	if err := checkInput(rule); err != nil {
		return SlotRule{}, err
	}
	at := placed{event: id, occurrence: occurrence, part: part}
	_, err := s.changeSlots(ctx, a, id, "slot.rule", map[string]any{"part": part}, func(tx *postgres.Tx) error {
		if err := findSlotPart(ctx, tx, at); err != nil {
			return err
		}
		return upsertSlotRule(ctx, tx, at, &rule)
	})
	return rule, err
}

// LayOutSlots makes slots by a plan, all or none, and gives all slots of the part. ErrSlotOverlaps
// where a booth sits in another slot already, ErrSlotOutside, ErrTicketsHeld when what the plan
// replaces is booked, ErrTooManySlots, ErrPartUnknown, ErrWithoutSlots, ErrInvalid.
func (s *Service) LayOutSlots(
	ctx context.Context,
	a staff.Author,
	id, occurrence, part uuid.UUID,
	plan SlotPlan,
) ([]BoothSlot, error) {
	if err := checkInput(plan); err != nil {
		return nil, err
	}
	plan.From, plan.To = plan.From.Truncate(time.Second), plan.To.Truncate(time.Second)
	tables := [][]uuid.UUID{plan.Booths}
	if !plan.Together {
		tables = tables[:0]
		for _, b := range plan.Booths {
			tables = append(tables, []uuid.UUID{b})
		}
	}
	if plan.To.Sub(plan.From) > longest {
		return nil, ErrInvalid.Field("to", "too_long_span")
	}
	times := plan.Times()
	switch {
	case len(times) == 0:
		return nil, ErrInvalid.Field("to", "too_small")
	case len(times)*len(tables) > MaxPlanned:
		return nil, ErrInvalid.Field("minutes", "too_many", "limit", MaxPlanned)
	case plan.WalkIns > len(times):
		return nil, ErrInvalid.Field("walk_ins", "too_big", "limit", len(times))
	}
	at := placed{event: id, occurrence: occurrence, part: part}
	slots, err := s.changeSlots(
		ctx,
		a,
		id,
		"slot.layout",
		map[string]any{"part": part, "slots": len(times) * len(tables)},
		func(tx *postgres.Tx) error {
			if err := findSlotPart(ctx, tx, at); err != nil {
				return err
			}
			if plan.Replace {
				if err := deleteSlots(ctx, tx, part, plan.Booths, plan.From, plan.To); err != nil {
					return err
				}
			}
			n, foreign, err := countSlots(ctx, tx, part, plan.Booths)
			switch {
			case err != nil:
				return err
			case len(foreign) > 0:
				return ErrInvalid.Field("booth_ids", "unknown_value")
			case n+len(times)*len(tables) > MaxSlots:
				return ErrTooManySlots.With("max", MaxSlots)
			}
			if err := upsertSlotRule(ctx, tx, at, nil); err != nil {
				return err
			}
			if err := insertSlots(ctx, tx, at, times, tables, max(plan.Parties, 1)); err != nil {
				return err
			}
			return settleSlots(ctx, tx)
		},
	)
	return slices.DeleteFunc(slots, func(s BoothSlot) bool { return s.PartID != part }), err
}

// ChangeSlot closes or opens a slot, keeps it for walk-ins or not, or changes how many parties fit.
// Who holds it keeps it: ErrBelowTaken when more do than would fit. ErrSlotUnknown, ErrInvalid.
func (s *Service) ChangeSlot(ctx context.Context, a staff.Author, id, slot uuid.UUID, c SlotChange) (BoothSlot, error) {
	if err := checkInput(c); err != nil {
		return BoothSlot{}, err
	}
	slots, err := s.changeSlots(ctx, a, id, "slot.changed", map[string]any{"slot": slot}, func(tx *postgres.Tx) error {
		return updateSlot(ctx, tx, id, slot, c)
	})
	if err != nil {
		return BoothSlot{}, err
	}
	at := slices.IndexFunc(slots, func(s BoothSlot) bool { return s.ID == slot })
	if at < 0 {
		return BoothSlot{}, ErrSlotUnknown
	}
	return slots[at], nil
}

// DeleteSlot takes a slot away that nobody ever booked: ErrTicketsHeld otherwise, close it then.
// ErrSlotUnknown.
func (s *Service) DeleteSlot(ctx context.Context, a staff.Author, id, slot uuid.UUID) error {
	_, err := s.changeSlots(ctx, a, id, "slot.deleted", map[string]any{"slot": slot}, func(tx *postgres.Tx) error {
		return deleteSlot(ctx, tx, id, slot)
	})
	return err
}

// changeSlots runs one change of an event's slots, one at a time, and gives all of them afterwards.
func (s *Service) changeSlots(
	ctx context.Context,
	a staff.Author,
	id uuid.UUID,
	action string,
	detail map[string]any,
	fn func(tx *postgres.Tx) error,
) ([]BoothSlot, error) {
	var slots []BoothSlot
	err := s.db.InOrganization(ctx, a.Organization, a.Actor, func(tx *postgres.Tx) error {
		status, _, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if status == Cancelled {
			return ErrStatus.With("status", string(status))
		}
		if err := fn(tx); err != nil {
			return translate(err)
		}
		if err := audit.Record(
			ctx,
			tx,
			audit.Entry{Action: action, SubjectKind: "event", SubjectID: id, Detail: detail},
		); err != nil {
			return err
		}
		slots, err = loadSlots(ctx, tx, id, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.changed()
	return slots, nil
}
