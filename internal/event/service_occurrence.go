package event

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// AddOccurrence adds a date to an event that is not cancelled.
func (s *Service) AddOccurrence(ctx context.Context, a staff.Author, id uuid.UUID, in OccurrenceInput) (Event, error) {
	if err := checkInput(in); err != nil {
		return Event{}, err
	}
	if err := checkOccurrences("", in); err != nil {
		return Event{}, err
	}
	in = check.Tidy(in)
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	booths, err := resolveBooths(view, "", in)
	if err != nil {
		return Event{}, err
	}
	return s.write(ctx, a, id, "occurrence.added", nil, func(tx *postgres.Tx) error {
		status, _, err := s.own(ctx, tx, id)
		if err != nil {
			return err
		}
		if status == Cancelled {
			return ErrStatus.With("status", string(status))
		}
		return s.addOccurrence(ctx, tx, id, in, booths, uuid.Nil, clock.Date{})
	})
}

// ChangeOccurrence changes what is not nil. New times on a published event are a move: the date
// keeps its UID, remembers where it stood, and a postponed one is scheduled again. Parts are
// replaced as a whole; those with an id stay with their tickets. ErrPast, ErrTooFar and ErrLongOver
// guard what is published.
func (s *Service) ChangeOccurrence(
	ctx context.Context,
	a staff.Author,
	id, occurrence uuid.UUID,
	c OccurrenceChange,
) (Event, error) {
	if err := checkInput(c); err != nil {
		return Event{}, err
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	return s.write(
		ctx,
		a,
		id,
		"occurrence.changed",
		map[string]any{"occurrence": occurrence},
		func(tx *postgres.Tx) error {
			return s.changeOccurrence(ctx, a, tx, view, id, occurrence, c)
		},
	)
}

func (s *Service) changeOccurrence(
	ctx context.Context,
	a staff.Author,
	tx *postgres.Tx,
	view *organization.View,
	id, occurrence uuid.UUID,
	c OccurrenceChange,
) error {
	if err := lockRooms(ctx, tx, id, c.BookingID); err != nil {
		return err
	}
	_, wasPublished, err := s.own(ctx, tx, id)
	if err != nil {
		return err
	}
	now, err := loadOccurrence(ctx, tx, id, occurrence)
	if err != nil {
		return err
	}
	if now.Status == OccurrenceCancelled {
		return ErrOccurrenceStatus.With("status", string(now.Status))
	}
	next := now.input()
	moved := c.apply(&next)
	if c.corrects {
		next.cutParts()
	}
	if err := checkOccurrences("", next); err != nil {
		return err
	}
	if wasPublished {
		if err := c.judgeMove(ctx, tx, now, &next); err != nil {
			return err
		}
	}
	next = check.Tidy(next)
	booths, err := resolveBooths(view, "", next)
	if err != nil {
		return err
	}
	if err := s.beforeRooms(ctx, a, tx, now, &next, c); err != nil {
		return err
	}
	change := occurrencePatch(next)
	if moved && wasPublished {
		change.row.Status = Scheduled
		change.columns = append(change.columns, "status")
	}
	if moved && wasPublished && !c.corrects {
		change.row.MovedFrom = now.moveFrom(next.StartsAt)
		change.columns = append(change.columns, "moved_from")
	}
	if err := updateOccurrence(tx, occurrence, change); err != nil {
		return err
	}
	if c.Parts != nil || moved {
		if err := moveSlots(ctx, tx, occurrence, next.StartsAt.Sub(now.StartsAt)); err != nil {
			return err
		}
		if err := replaceParts(tx, id, occurrence, now.Parts, next, booths); err != nil {
			return err
		}
		if err := settleSlots(ctx, tx); err != nil {
			return err
		}
	}
	return s.afterRooms(ctx, tx, now, c)
}

// judgeMove holds the next times of a date against those it has been announced for.
func (c OccurrenceChange) judgeMove(
	ctx context.Context,
	tx *postgres.Tx,
	now *Occurrence,
	next *OccurrenceInput,
) error {
	before := now.input()
	if err := checkDistance(tx.Now, before, *next); err != nil {
		return err
	}
	if !c.corrects {
		return checkMove(tx.Now, before, *next)
	}
	if now.StartsAt.After(tx.Now) || next.StartsAt.After(tx.Now) {
		return ErrNotBegun
	}
	return allowCorrection(ctx, tx, now.ID)
}

// CorrectOccurrence changes the times of a published date afterwards. Nobody is told of a move, and
// nothing is erased earlier for it. A put-off date has then taken place. Parts move along and are
// cut to the new times. Errors: ErrNotBegun, and those of ChangeOccurrence.
func (s *Service) CorrectOccurrence(
	ctx context.Context, a staff.Author, id, occurrence uuid.UUID, c Correction,
) (Event, error) {
	if err := checkInput(c); err != nil {
		return Event{}, err
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return Event{}, fmt.Errorf("read directory: %w", err)
	}
	change := OccurrenceChange{StartsAt: &c.StartsAt, EndsAt: &c.EndsAt, Note: c.Note, corrects: true}
	detail := map[string]any{"occurrence": occurrence}
	return s.write(ctx, a, id, "occurrence.corrected", detail, func(tx *postgres.Tx) error {
		return s.changeOccurrence(ctx, a, tx, view, id, occurrence, change)
	})
}

// CancelOccurrence cancels one date of an event and gives up its rooms (see release).
func (s *Service) CancelOccurrence(
	ctx context.Context,
	a staff.Author,
	id, occurrence uuid.UUID,
	reason string,
) (Event, error) {
	return s.moveOccurrence(
		ctx,
		a,
		id,
		occurrence,
		"occurrence.cancelled",
		reason,
		func(tx *postgres.Tx, now *Occurrence, reason string) (patch[occurrenceModel], error) {
			if now.Status == OccurrenceCancelled {
				return patch[occurrenceModel]{}, ErrOccurrenceStatus.With("status", string(now.Status))
			}
			if err := s.release(ctx, a, tx, id, &occurrence, reason); err != nil {
				return patch[occurrenceModel]{}, err
			}
			return set(
				occurrenceModel{Status: OccurrenceCancelled, CancelledAt: &tx.Now, CancelReason: reason},
				"status", "cancelled_at", "cancel_reason",
			), nil
		},
	)
}

// PostponeOccurrence puts off one date until new times are set with ChangeOccurrence.
func (s *Service) PostponeOccurrence(
	ctx context.Context,
	a staff.Author,
	id, occurrence uuid.UUID,
	note string,
) (Event, error) {
	return s.moveOccurrence(
		ctx,
		a,
		id,
		occurrence,
		"occurrence.postponed",
		note,
		func(_ *postgres.Tx, now *Occurrence, note string) (patch[occurrenceModel], error) {
			if now.Status != Scheduled {
				return patch[occurrenceModel]{}, ErrOccurrenceStatus.With("status", string(now.Status))
			}
			change := set(occurrenceModel{Status: Postponed, Note: note}, "status")
			if note != "" {
				change.columns = append(change.columns, "note")
			}
			return change, nil
		},
	)
}

func (s *Service) moveOccurrence(ctx context.Context, a staff.Author, id, occurrence uuid.UUID, action, why string,
	next func(*postgres.Tx, *Occurrence, string) (patch[occurrenceModel], error),
) (Event, error) {
	why, err := cleanReason(why)
	if err != nil {
		return Event{}, err
	}
	return s.write(ctx, a, id, action, map[string]any{"occurrence": occurrence}, func(tx *postgres.Tx) error {
		if err := lockRooms(ctx, tx, id, nil); err != nil {
			return err
		}
		if _, _, err := s.own(ctx, tx, id); err != nil {
			return err
		}
		now, err := loadOccurrence(ctx, tx, id, occurrence)
		if err != nil {
			return err
		}
		change, err := next(tx, now, why)
		if err != nil {
			return err
		}
		return updateOccurrence(tx, occurrence, change)
	})
}

// DeleteOccurrence takes away a date of an event that was never published; ErrPublishedStays
// otherwise.
func (s *Service) DeleteOccurrence(ctx context.Context, a staff.Author, id, occurrence uuid.UUID) (Event, error) {
	return s.write(
		ctx,
		a,
		id,
		"occurrence.deleted",
		map[string]any{"occurrence": occurrence},
		func(tx *postgres.Tx) error {
			if err := lockRooms(ctx, tx, id, nil); err != nil {
				return err
			}
			_, wasPublished, err := s.own(ctx, tx, id)
			if err != nil {
				return err
			}
			if wasPublished {
				return ErrPublishedStays
			}
			if err := s.release(ctx, a, tx, id, &occurrence, ""); err != nil {
				return err
			}
			return deleteOccurrence(tx, id, occurrence)
		},
	)
}

func loadOccurrence(ctx context.Context, tx *postgres.Tx, event, occurrence uuid.UUID) (*Occurrence, error) {
	events, err := LoadTx(ctx, tx, []uuid.UUID{event}, Window{}, true)
	if err != nil {
		return nil, err
	}
	if len(events) == 1 {
		if at := slices.IndexFunc(
			events[0].Occurrences,
			func(o Occurrence) bool { return o.ID == occurrence },
		); at >= 0 {
			return &events[0].Occurrences[at], nil
		}
	}
	return nil, ErrOccurrenceUnknown
}

// boothOwners maps the slugs named by booths to organizations.
type boothOwners map[string]uuid.UUID
