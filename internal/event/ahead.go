package event

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

// farthest is how far a published date can be moved beyond now and beyond where it stood: a longer
// way is a slip of the keyboard, and would keep what its holders left for years.
const farthest = retention.AfterPutOffDate

// Correction says when a date that has begun really took place.
type Correction struct {
	StartsAt time.Time `json:"starts_at" validate:"required"`
	EndsAt   time.Time `json:"ends_at" validate:"required,gtfield=StartsAt"`
	Note     *string   `json:"note" validate:"omitempty,max=2000,paragraphs"`
}

// CorrectOccurrence changes the times of a published date afterwards. Nobody is told of a move, and
// nothing is erased earlier for it. A put-off date has then taken place. Parts move along and are
// cut to the new times. Errors: ErrNotBegun, and those of ChangeOccurrence.
func (s *Service) CorrectOccurrence(
	ctx context.Context, a Author, id, occurrence uuid.UUID, c Correction,
) (Event, error) {
	if err := check(c); err != nil {
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

// checkMove judges other times of a published date; before is its input as it stands. The database
// has the same rule for those who come another way: occurrence_moves_ahead.
func checkMove(now time.Time, before, next OccurrenceInput) error {
	refusal := ErrPast
	check := func(prefix string, startBefore, endBefore, start, end time.Time) {
		if !start.Equal(startBefore) && start.Before(now) {
			refusal = refusal.Field(prefix+"starts_at", "in_the_past")
		}
		if !end.Equal(endBefore) && !end.After(now) {
			refusal = refusal.Field(prefix+"ends_at", "in_the_past")
		}
	}
	check("", before.StartsAt, before.EndsAt, next.StartsAt, next.EndsAt)
	if refusal.Or() != nil {
		return refusal
	}
	for _, was := range before.Parts {
		for i, p := range next.Parts {
			if p.ID != nil && *p.ID == *was.ID {
				startBefore, endBefore := was.span(before.StartsAt, before.EndsAt)
				start, end := p.span(next.StartsAt, next.EndsAt)
				check("parts."+strconv.Itoa(i)+".", startBefore, endBefore, start, end)
			}
		}
	}
	return refusal.Or()
}

// checkDistance refuses to move a published date further than anybody plans.
func checkDistance(now time.Time, before, next OccurrenceInput) error {
	from := now
	if before.EndsAt.After(from) {
		from = before.EndsAt
	}
	if next.EndsAt.After(from.Add(farthest)) {
		return ErrTooFar.Field("starts_at", "too_far_ahead")
	}
	return nil
}

// judgeMove holds the next times of a date against those it has been announced for.
func (c OccurrenceChange) judgeMove(ctx context.Context, tx *postgres.Tx, now *Occurrence, next *OccurrenceInput) error {
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

// cutParts keeps parts within the times of their date.
func (o *OccurrenceInput) cutParts() {
	for i := range o.Parts {
		p := &o.Parts[i]
		if p.StartsAt != nil && p.StartsAt.Before(o.StartsAt) {
			p.StartsAt = &o.StartsAt
		}
		if p.EndsAt != nil && p.EndsAt.After(o.EndsAt) {
			p.EndsAt = &o.EndsAt
		}
	}
}
