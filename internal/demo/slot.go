package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// slots are the bookable times of a part.
type slots struct {
	Rule  event.SlotRule `json:"rule"`
	Plans []slotPlan     `json:"plans"`
}

// slotPlan is an event.SlotPlan without a date.
type slotPlan struct {
	Booths   []int  `json:"booths"` // counted from 0; none means all
	Together bool   `json:"together"`
	From     string `json:"from"`
	To       string `json:"to"`
	Minutes  int    `json:"minutes"`
	Pause    int    `json:"pause_minutes"`
	WalkIns  int    `json:"walk_ins"`
}

func (p slotPlan) on(day clock.Date, booths []event.Booth) (event.SlotPlan, error) {
	t := times{day: day}
	plan := event.SlotPlan{
		Together: p.Together,
		From:     *t.at(p.From),
		To:       *t.at(p.To),
		Minutes:  p.Minutes,
		Pause:    p.Pause,
		WalkIns:  p.WalkIns,
	}
	if p.Booths == nil {
		for _, b := range booths {
			plan.Booths = append(plan.Booths, b.ID)
		}
	}
	for _, i := range p.Booths {
		if i >= len(booths) {
			return plan, fmt.Errorf("read programmes: no booth %d", i)
		}
		plan.Booths = append(plan.Booths, booths[i].ID)
	}
	return plan, t.err
}

func (p Programme) parts() []part {
	switch {
	case p.Dates != nil:
		return p.Dates.Day.Parts
	case p.Series != nil:
		return p.Series.Parts
	}
	return nil
}

// layOut gives the coming dates that have none yet their tables and slots.
func (l *loader) layOut(ctx context.Context, owner staff.Author, p Programme, e event.Event) (event.Event, error) {
	for _, o := range e.Occurrences {
		if o.Status == event.OccurrenceCancelled || !o.StartsAt.After(l.Clock.Now()) {
			continue
		}
		for i, wanted := range p.parts() {
			if wanted.Slots == nil || i >= len(o.Parts) || o.Parts[i].Slots != nil {
				continue
			}
			if len(o.Parts[i].Booths) == 0 { // a series has none in its template
				furnished, err := l.furnish(ctx, owner, e, o, i, wanted.Booths)
				if err != nil {
					return event.Event{}, err
				}
				o = furnished
			}
			if err := l.plan(ctx, owner, e.ID, o, o.Parts[i], *wanted.Slots); err != nil {
				return event.Event{}, fmt.Errorf("lay out slots: %w", err)
			}
		}
	}
	return e, nil
}

func (l *loader) plan(
	ctx context.Context,
	owner staff.Author,
	id uuid.UUID,
	o event.Occurrence,
	at event.Part,
	s slots,
) error {
	if _, err := l.Events.SetSlotRule(ctx, owner, id, o.ID, at.ID, s.Rule); err != nil {
		return err
	}
	for _, p := range s.Plans {
		plan, err := p.on(clock.DateOf(o.StartsAt), at.Booths)
		if err != nil {
			return err
		}
		if _, err := l.Events.LayOutSlots(ctx, owner, id, o.ID, at.ID, plan); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) furnish(
	ctx context.Context,
	owner staff.Author,
	e event.Event,
	o event.Occurrence,
	at int,
	booths []event.BoothInput,
) (event.Occurrence, error) {
	parts := o.PartInputs()
	parts[at].Booths = booths
	after, err := l.Events.ChangeOccurrence(ctx, owner, e.ID, o.ID, event.OccurrenceChange{Parts: &parts})
	if err != nil {
		return event.Occurrence{}, fmt.Errorf("set up tables: %w", err)
	}
	for _, found := range after.Occurrences {
		if found.ID == o.ID {
			return found, nil
		}
	}
	return event.Occurrence{}, event.ErrOccurrenceUnknown
}
