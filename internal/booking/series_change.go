package booking

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Scope says which dates of a series a change is for; those that have begun stay.
type Scope string

// The scopes.
const (
	OnlyThis  Scope = "one"
	Following Scope = "following" // this and those after it
	AllDates  Scope = "all"
)

// SeriesChange moves dates of a series.
type SeriesChange struct {
	Scope        Scope
	From         uuid.UUID // the booking that OnlyThis and Following speak of
	RoomID       *uuid.UUID
	Starts, Ends *venue.TimeOfDay
	ShiftDays    int // −31 to 31
	People       *int
	Title        *string
	Noise        *venue.Noise
	Reason       string
}

// CancelSeries cancels dates of a series in one step: all of them or none. ErrSeriesUnknown,
// ErrUnknown, and the refusals of Cancel with its date.
func (s *Service) CancelSeries(
	ctx context.Context,
	by staff.Author,
	series uuid.UUID,
	scope Scope,
	from uuid.UUID,
	reason string,
) (Series, error) {
	reason, err := reasonOf(reason, false)
	if err != nil {
		return Series{}, err
	}
	after, err := s.onSeries(
		ctx,
		by,
		series,
		scope,
		from,
		nil,
		"cancelled",
		func(_ context.Context, w *work, b *Booking) error {
			return b.cancel(by.Organization, w.Tx, reason)
		},
	)
	if err != nil {
		return Series{}, fmt.Errorf("cancel series: %w", err)
	}
	return after, nil
}

// ChangeSeries moves dates of a series to another room, time of day or weekday in one step: all of
// them or none. Refusals as of Move, with the date.
func (s *Service) ChangeSeries(ctx context.Context, by staff.Author, series uuid.UUID, c SeriesChange) (Series, error) {
	reason, err := reasonOf(c.Reason, false)
	if err != nil {
		return Series{}, err
	}
	if c.ShiftDays < -31 || c.ShiftDays > 31 {
		return Series{}, ErrInvalid.Field("shift_days", "too_large", "max", 31)
	}
	after, err := s.onSeries(
		ctx,
		by,
		series,
		c.Scope,
		c.From,
		c.RoomID,
		"moved",
		func(ctx context.Context, w *work, b *Booking) error {
			m := Move{RoomID: c.RoomID, People: c.People, Noise: c.Noise, Reason: reason}
			if c.Title != nil {
				m.Title = new(*c.Title)
			}
			if err := m.clean(); err != nil {
				return err
			}
			day := clock.DateOf(b.StartsAt)
			to := day.AddDays(c.ShiftDays)
			starts, ends := minuteOf(day, b.StartsAt), minuteOf(day, b.EndsAt)
			set(&starts, c.Starts)
			set(&ends, c.Ends)
			m.StartsAt, m.EndsAt = new(starts.On(to)), new(ends.On(to))
			return s.relocate(ctx, w, b, by, m)
		},
	)
	if err != nil {
		return Series{}, fmt.Errorf("change series: %w", err)
	}
	return after, nil
}

func minuteOf(d clock.Date, t time.Time) venue.TimeOfDay {
	return venue.TimeOfDay(t.Sub(d.Start()) / time.Minute)
}

// onSeries runs fn with every booking in scope, locked, and writes them all.
func (s *Service) onSeries(
	ctx context.Context,
	by staff.Author,
	series uuid.UUID,
	scope Scope,
	from uuid.UUID,
	room *uuid.UUID,
	kind string,
	fn func(context.Context, *work, *Booking) error,
) (Series, error) {
	ctx, err := s.held(ctx)
	if err != nil {
		return Series{}, err
	}
	var after Series
	err = s.again(ctx, by, func(tx *postgres.Tx) error {
		view, err := s.directory.View(ctx)
		if err != nil {
			return fmt.Errorf("read directory: %w", err)
		}
		if after, err = readSeries(ctx, tx, view, series); err != nil {
			return err
		}
		ids, err := inScope(ctx, tx, &after, scope, from)
		if err != nil {
			return err
		}
		var more []uuid.UUID
		if room != nil {
			f, err := s.rooms.FactsTx(ctx, tx, *room)
			if err != nil {
				return err
			}
			more = append(more, f.Room.Facility.ID)
		}
		w, facilities, err := s.lock(ctx, tx, true, more, ids...)
		if err != nil {
			return err
		}
		if scope != OnlyThis && slices.ContainsFunc(w.all, func(b Booking) bool { return b.Status.Over() }) {
			return errAgain // ended between the look and the locks: the change is for those that stand
		}
		was := slices.Clone(w.all)
		for i := range w.all {
			b := &w.all[i]
			if err := fn(ctx, w, b); err != nil {
				return dated(err, b)
			}
			if err := w.write(ctx, b, kind); err != nil {
				return err
			}
		}
		if err := settleAll(ctx, tx, was, w.all, facilities); err != nil {
			return err
		}
		after, err = readSeries(ctx, tx, view, series)
		return err
	})
	return after, err
}

// inScope gives the ids of the bookings that a change is for. ErrUnknown when from is none of the
// series' that stand.
func inScope(ctx context.Context, tx *postgres.Tx, series *Series, scope Scope, from uuid.UUID) ([]uuid.UUID, error) {
	since := tx.Now
	if scope != AllDates {
		var found bool
		for _, b := range series.Bookings {
			if b.ID == from && !b.Status.Over() {
				found, since = true, b.StartsAt
			}
		}
		if !found {
			return nil, ErrUnknown
		}
	}
	if scope == OnlyThis {
		return []uuid.UUID{from}, nil
	}
	if since.Before(tx.Now) {
		since = tx.Now
	}
	ids, err := seriesScope(ctx, tx, series.ID, since)
	if err == nil && len(ids) == 0 {
		return nil, ErrStatus.With("status", string(Done))
	}
	return ids, err
}
