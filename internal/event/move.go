package event

import (
	"strconv"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/retention"
)

// farthest is how far a published date can be moved beyond now and beyond where it stood: a longer
// way is a slip of the keyboard, and would keep what its holders left for years.
const farthest = retention.AfterPutOffDate

// Correction says when a date that has begun really took place.
type Correction struct {
	StartsAt time.Time `json:"starts_at" validate:"required"`
	EndsAt   time.Time `json:"ends_at"   validate:"required,gtfield=StartsAt"`
	Note     *string   `json:"note"      validate:"omitempty,max=2000,paragraphs"`
}

// apply puts the change onto the input and reports whether it moves the date. Parts that are not
// given move along.
func (c OccurrenceChange) apply(o *OccurrenceInput) (moved bool) {
	before := *o
	if c.StartsAt != nil {
		o.StartsAt = *c.StartsAt
		if c.EndsAt == nil {
			o.EndsAt = o.StartsAt.Add(before.EndsAt.Sub(before.StartsAt))
		}
	}
	if c.EndsAt != nil {
		o.EndsAt = *c.EndsAt
	}
	shift := o.StartsAt.Sub(before.StartsAt)
	moved = shift != 0 || !o.EndsAt.Equal(before.EndsAt)
	if c.DoorsAt != nil {
		o.DoorsAt = c.DoorsAt
	} else if o.DoorsAt != nil {
		doors := o.DoorsAt.Add(shift)
		o.DoorsAt = &doors
	}
	if c.Place != nil {
		o.Place = *c.Place
	}
	if c.Note != nil {
		o.Note = *c.Note
	}
	if c.Parts != nil {
		o.Parts = *c.Parts
		return moved
	}
	for i := range o.Parts {
		p := &o.Parts[i]
		whole := p.StartsAt.Equal(before.StartsAt) && p.EndsAt.Equal(before.EndsAt)
		for _, t := range []**time.Time{&p.StartsAt, &p.EndsAt, &p.OpensAt, &p.ClosesAt, &p.DrawsAt, &p.WaitingUntil} {
			if *t != nil {
				shifted := (*t).Add(shift)
				*t = &shifted
			}
		}
		if whole { // a part that fills its occurrence goes on filling it
			p.StartsAt, p.EndsAt = nil, nil
		}
		if p.ClosesAt != nil && p.ClosesAt.After(o.EndsAt) {
			p.ClosesAt = &o.EndsAt
		}
		if p.DrawsAt != nil && p.DrawsAt.After(o.EndsAt) {
			p.DrawsAt = &o.EndsAt
		}
		if p.WaitingUntil != nil && p.WaitingUntil.After(o.EndsAt) {
			p.WaitingUntil = &o.EndsAt
		}
	}
	return moved
}

// moveFrom says where a date stood before a move to next: the first place it was announced for, or
// nothing when it comes back to it.
func (o *Occurrence) moveFrom(next time.Time) *time.Time {
	from := o.StartsAt
	if o.MovedFrom != nil {
		from = *o.MovedFrom
	}
	if from.Equal(next) {
		return nil
	}
	return &from
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
