package event

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// CreateSeries gives an event a rule. With ChooseEvery nothing is decided by itself either:
// DecideMonth with the candidates yields the dates.
func (s *Service) CreateSeries(ctx context.Context, a staff.Author, event uuid.UUID, in SeriesInput) (Event, error) {
	if err := s.checkSeries(ctx, in); err != nil {
		return Event{}, err
	}
	return s.write(ctx, a, event, "series.created", nil, func(tx *postgres.Tx) error {
		status, _, err := s.own(ctx, tx, event)
		if err != nil {
			return err
		}
		if status == Cancelled {
			return ErrStatus.With("status", string(status))
		}
		return insertSeries(tx, event, uuid.New(), in)
	})
}

// checkSeries refuses what no date could be made of, tables of organizations that are not here
// among it.
func (s *Service) checkSeries(ctx context.Context, in SeriesInput) error {
	if err := checkSeries(in); err != nil {
		return err
	}
	_, err := s.seriesBooths(ctx, in.Template, "template.")
	return err
}

// seriesBooths finds who sits at the tables of a template.
func (s *Service) seriesBooths(ctx context.Context, t Template, prefix string) (boothOwners, error) {
	if !slices.ContainsFunc(t.Parts, func(p PartTemplate) bool { return len(p.Booths) > 0 }) {
		return nil, nil
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	return resolveBooths(view, prefix, t.On(sampleDay))
}

// ChangeSeries changes the rule and the template for months still to be decided; dates that stand
// stay.
func (s *Service) ChangeSeries(ctx context.Context, a staff.Author, series uuid.UUID, in SeriesInput) (Event, error) {
	if err := s.checkSeries(ctx, in); err != nil {
		return Event{}, err
	}
	return s.onSeries(ctx, a, series, "series.changed", nil, func(tx *postgres.Tx, _ Event) error {
		return updateSeries(tx, series, in)
	})
}

// DecideMonth settles a month. A month that had dates is settled anew: a date that stays keeps its
// occurrence; as many others as possible are moved, so that followers see one moved entry and seats
// stay with their holders; the rest are added or cancelled. What took place stays; what was never
// published goes without a trace.
func (s *Service) DecideMonth(
	ctx context.Context,
	a staff.Author,
	series uuid.UUID,
	month clock.Date,
	choice MonthChoice,
) (Event, error) {
	if month.Day != 1 {
		return Event{}, ErrInvalid.Field("month", "not_a_month")
	}
	ctx, err := organization.Hold(ctx, s.directory)
	if err != nil {
		return Event{}, err
	}
	return s.onSeries(
		ctx,
		a,
		series,
		"series.month_decided",
		map[string]any{"month": month.String()},
		func(tx *postgres.Tx, e Event) error {
			if e.Status == Cancelled {
				return ErrStatus.With("status", string(e.Status))
			}
			if err := e.Series.allowed(month, choice); err != nil {
				return err
			}
			decision := MonthDates
			if choice.Skipped {
				decision = MonthSkipped
			}
			if err := upsertMonth(tx, series, month, decision); err != nil {
				return err
			}
			return s.settleMonth(ctx, a, tx, e, month, choice.Dates)
		},
	)
}

func (s *Service) settleMonth(
	ctx context.Context,
	a staff.Author,
	tx *postgres.Tx,
	e Event,
	month clock.Date,
	dates []clock.Date,
) error {
	booths, err := s.seriesBooths(ctx, e.Series.Template, "template.")
	if err != nil {
		return err
	}
	wanted := map[clock.Date]bool{}
	for _, d := range dates {
		wanted[d] = true
	}
	var free []Occurrence // stand on days that are no longer wanted
	for _, o := range e.Occurrences {
		if o.SeriesMonth == nil || *o.SeriesMonth != month || o.Status == OccurrenceCancelled {
			continue
		}
		if day := clock.DateOf(o.StartsAt); wanted[day] {
			delete(wanted, day)
		} else if e.PublishedAt == nil || o.Status != Scheduled || o.EndsAt.After(tx.Now) { // what took place stays
			free = append(free, o)
		}
	}
	for _, d := range dates {
		if !wanted[d] {
			continue
		}
		if len(free) == 0 {
			if err := s.addOccurrence(ctx, tx, e.ID, e.Series.Template.On(d), booths, e.Series.ID, month); err != nil {
				return err
			}
			continue
		}
		if err := moveToDay(ctx, tx, e, free[0], d); err != nil {
			return err
		}
		free = free[1:]
	}
	for _, o := range free {
		if err := s.release(ctx, a, tx, e.ID, &o.ID, ""); err != nil {
			return err
		}
		if e.PublishedAt == nil {
			if err := deleteOccurrence(tx, e.ID, o.ID); err != nil {
				return err
			}
			continue
		}
		if err := updateOccurrence(tx, o.ID, set(
			occurrenceModel{Status: OccurrenceCancelled, CancelledAt: &tx.Now}, "status", "cancelled_at",
		)); err != nil {
			return err
		}
	}
	return nil
}

func moveToDay(ctx context.Context, tx *postgres.Tx, e Event, o Occurrence, day clock.Date) error {
	starts := o.StartsAt.AddDate(0, 0, clock.DateOf(o.StartsAt).DaysUntil(day)) // Tokyo has no clock changes
	next := o.input()
	OccurrenceChange{StartsAt: &starts}.apply(&next)
	if e.PublishedAt != nil && checkMove(tx.Now, o.input(), next) != nil {
		return ErrPast.Field("dates", "in_the_past")
	}
	change := set(
		occurrenceModel{StartsAt: next.StartsAt, EndsAt: next.EndsAt, DoorsAt: next.DoorsAt, Status: Scheduled},
		"starts_at", "ends_at", "doors_at", "status",
	)
	if e.PublishedAt != nil {
		change.row.MovedFrom = o.moveFrom(starts)
		change.columns = append(change.columns, "moved_from")
	}
	if err := updateOccurrence(tx, o.ID, change); err != nil {
		return err
	}
	booths := boothOwners{}
	for _, p := range o.Parts {
		for _, b := range p.Booths {
			if b.By != nil {
				booths[b.By.Slug] = b.By.ID
			}
		}
	}
	if err := moveSlots(ctx, tx, o.ID, starts.Sub(o.StartsAt)); err != nil {
		return err
	}
	if err := replaceParts(tx, e.ID, o.ID, o.Parts, next, booths); err != nil {
		return err
	}
	return settleSlots(ctx, tx)
}

// onSeries finds the event of the organization's own series, locks it and runs fn with it.
func (s *Service) onSeries(
	ctx context.Context,
	a staff.Author,
	series uuid.UUID,
	action string,
	detail map[string]any,
	fn func(*postgres.Tx, Event) error,
) (Event, error) {
	var event uuid.UUID
	err := s.db.ReadOrganization(ctx, a.Organization, func(tx *postgres.Tx) (err error) {
		event, err = eventOfSeries(ctx, tx, series)
		return err
	})
	if err != nil {
		return Event{}, err
	}
	return s.write(ctx, a, event, action, detail, func(tx *postgres.Tx) error {
		if _, _, err := s.own(ctx, tx, event); err != nil {
			return err
		}
		events, err := LoadTx(ctx, tx, []uuid.UUID{event}, Window{}, true)
		if err != nil {
			return err
		}
		if len(events) == 0 || events[0].Series == nil {
			return ErrSeriesUnknown
		}
		return fn(tx, events[0])
	})
}
