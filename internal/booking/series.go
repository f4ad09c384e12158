package booking

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/check"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/recurrence"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Series is a rule that yielded bookings of one room.
type Series struct {
	ID               uuid.UUID
	Lender, Borrower organization.Ref
	Rule             string // RFC 5545 RRULE value: FREQ=MONTHLY;BYDAY=4SA
	Starts, Ends     venue.TimeOfDay
	First, Last      clock.Date
	Title            string
	CreatedAt        time.Time
	Bookings         []Booking // by their times
}

// SeriesRequest asks for a room again and again.
type SeriesRequest struct {
	Request      // without times
	Rule         string
	Starts, Ends venue.TimeOfDay
	First, Last  clock.Date // both included
}

// Rejected is a date of a series that can't be had.
type Rejected struct {
	Date   clock.Date
	Reason *fault.Error
	Offers []board.FreeRoom // other rooms of the lender, or of partners, that the borrower can have then
}

// SeriesResult is what became of a series: accepted in part.
type SeriesResult struct {
	Series
	Rejected []Rejected
}

const (
	offers     = 3
	tries      = 12  // of rooms, for one date
	seriesDays = 400 // from the first day to the last
)

// dates expands the rule. ErrSeriesRule.
func (r *SeriesRequest) dates() ([]clock.Date, error) {
	rule, err := recurrence.Parse(r.Rule)
	switch {
	case errors.Is(err, recurrence.ErrUnsupported):
		return nil, ErrSeriesRule.Field("rule", "unknown_value")
	case err != nil:
		return nil, ErrSeriesRule.Field("rule", "invalid_format")
	case rule.Interval < 1 || rule.Interval > 100:
		return nil, ErrSeriesRule.Field("rule", "unknown_value")
	case !r.First.Valid() || !r.Last.Valid() || r.Last.Before(r.First):
		return nil, ErrSeriesRule.Field("last_day", "times_out_of_order")
	case r.First.DaysUntil(r.Last) > seriesDays:
		return nil, ErrSeriesRule.Field("last_day", "longer_than_400_days")
	case !r.Starts.Valid() || !r.Ends.Valid() || r.Starts >= r.Ends:
		return nil, ErrSeriesRule.Field("ends_time", "times_out_of_order")
	}
	all := rule.Between(r.First, r.First, r.Last)
	if len(all) > MaxSeries {
		return nil, ErrSeriesRule.Field("rule", "too_many", "max", MaxSeries)
	}
	if len(all) == 0 {
		return nil, ErrSeriesRule.Field("rule", "required")
	}
	return all, nil
}

// PlaceSeries takes what can be had of a series, in one step, and tells of the other dates why not
// and what else is free then. ErrSeriesRule, ErrSeriesNothing when no date can be had, and the
// refusals of Place that hold for every date.
func (s *Service) PlaceSeries(ctx context.Context, by staff.Author, r SeriesRequest) (SeriesResult, error) {
	result, err := s.placeSeries(ctx, by, r)
	if err != nil {
		return SeriesResult{}, fmt.Errorf("place series: %w", err)
	}
	return result, nil
}

func (s *Service) placeSeries(ctx context.Context, by staff.Author, r SeriesRequest) (SeriesResult, error) {
	dates, err := r.dates()
	if err != nil {
		return SeriesResult{}, err
	}
	if ctx, err = s.held(ctx); err != nil {
		return SeriesResult{}, err
	}
	var result SeriesResult
	err = s.again(ctx, by, func(tx *postgres.Tx) error {
		result, err = s.placeDates(ctx, tx, by, r, dates)
		return err
	})
	if err != nil {
		return SeriesResult{}, err
	}
	for i := range result.Rejected {
		rejected := &result.Rejected[i]
		if rejected.Reason.Kind == fault.KindInvalid {
			continue
		}
		rejected.Offers = s.offer(ctx, by, r, rejected.Date, result.Lender)
	}
	return result, nil
}

// placeDates makes the series and asks for each date in one transaction; a date that can't be had
// leaves the others.
func (s *Service) placeDates(
	ctx context.Context,
	tx *postgres.Tx,
	by staff.Author,
	r SeriesRequest,
	dates []clock.Date,
) (SeriesResult, error) {
	f, err := s.rooms.FactsTx(ctx, tx, r.RoomID)
	if err != nil {
		return SeriesResult{}, err
	}
	view, err := s.directory.View(ctx)
	if err != nil {
		return SeriesResult{}, fmt.Errorf("read directory: %w", err)
	}
	borrower, err := view.ByID(by.Organization)
	if err != nil {
		return SeriesResult{}, err
	}
	result := SeriesResult{Series: Series{
		ID:        uuid.New(),
		Lender:    f.Room.Organization,
		Borrower:  borrower.Ref(),
		Rule:      r.Rule,
		Starts:    r.Starts,
		Ends:      r.Ends,
		First:     r.First,
		Last:      r.Last,
		CreatedAt: tx.Now,
	}, Rejected: []Rejected{}}
	refusal := ErrInvalid
	if result.Title = check.Line(&refusal, "title", r.Title, 200); refusal.Or() != nil {
		return SeriesResult{}, refusal
	}
	if err := insertSeries(ctx, tx, &result.Series, f.Ref()); err != nil {
		return SeriesResult{}, err
	}
	asked := false
	known := func(context.Context) (*board.Facts, error) {
		if asked {
			return nil, errAgain // the room's rules changed after they were read
		}
		asked = true
		return f, nil
	}
	for _, d := range dates {
		one := r.Request
		one.StartsAt, one.EndsAt = r.Starts.On(d), r.Ends.On(d)
		asked = false
		b, err := s.place(ctx, by, one, &result.ID, known, placeIn(tx))
		refused, is := fault.As(err)
		switch {
		case err == nil:
			result.Bookings = append(result.Bookings, b)
		case is && len(refused.Fields) == 0:
			result.Rejected = append(result.Rejected, Rejected{Date: d, Reason: refused})
		default:
			return SeriesResult{}, err
		}
	}
	if len(result.Bookings) == 0 {
		return SeriesResult{}, ErrSeriesNothing.With(
			"reason",
			result.Rejected[0].Reason.Code,
		).Because(
			result.Rejected[0].Reason,
		)
	}
	return result, nil
}

// offer finds rooms for a date that was rejected, in which the same request would be taken now: the
// lender's first, then those of the partnerships that both belong to. A failing search offers
// nothing.
func (s *Service) offer(
	ctx context.Context,
	by staff.Author,
	r SeriesRequest,
	d clock.Date,
	lender organization.Ref,
) []board.FreeRoom {
	view, err := s.directory.View(ctx)
	asked, now := r.Request, s.db.Clock().Now()
	asked.StartsAt, asked.EndsAt, asked.Queue = r.Starts.On(d), r.Ends.On(d), false
	if err != nil || asked.clean(now) != nil {
		return nil
	}
	q := board.FreeQuery{
		StartsAt: asked.StartsAt,
		EndsAt:   asked.EndsAt,
		Capacity: max(1, or(asked.People)),
		Noise:    asked.Noise,
		Limit:    board.MaxFree,
		May: func(f *board.Facts) bool {
			_, _, err := s.judged(ctx, by, f, now, &asked)
			return err == nil
		},
	}
	slugs := []string{lender.Slug}
	for _, p := range view.PartnershipsOf(by.Organization) {
		if p.Has(lender.ID) {
			q.Partnership = p.Slug
			break
		}
	}
	found, left := []board.FreeRoom{}, tries
	for _, narrow := range []bool{true, false} {
		one := q
		if one.Organizations = nil; narrow {
			one.Organizations, one.Partnership = slugs, ""
		}
		page, err := s.rooms.FreeFor(ctx, by.Organization, one)
		if err != nil {
			return found
		}
		for _, room := range page.Items {
			if len(found) == offers || left == 0 {
				return found
			}
			if asked.RoomID = room.Room.ID; asked.RoomID == r.RoomID || !narrow && room.Lender.ID == lender.ID {
				continue
			}
			if left--; s.try(ctx, by, asked) {
				found = append(found, room)
			}
		}
		if q.Partnership == "" {
			break
		}
	}
	return found
}

var errTried = errors.New("tried")

// try places a booking in a transaction, or a savepoint of another's, that is undone: what only the
// database judges (the month's cap, neighbours, set-up and clearing) is asked of it.
func (s *Service) try(ctx context.Context, by staff.Author, r Request) bool {
	ctx, err := s.held(ctx)
	if err != nil {
		return false
	}
	err = s.db.InOrganization(ctx, by.Organization, by.Actor, func(tx *postgres.Tx) error {
		if postgres.IsJoined(ctx) { // others wait for what the transaction has locked
			if err := hurry(ctx, tx); err != nil {
				return err
			}
		}
		known := func(ctx context.Context) (*board.Facts, error) { return s.rooms.FactsTx(ctx, tx, r.RoomID) }
		if _, err := s.place(ctx, by, r, nil, known, placeIn(tx)); err != nil {
			return err
		}
		return errTried
	})
	return errors.Is(err, errTried)
}

// GetSeries gives a series of one of its two organizations with its bookings. ErrSeriesUnknown.
func (s *Service) GetSeries(ctx context.Context, asker, id uuid.UUID) (Series, error) {
	var found Series
	err := s.reading(ctx, asker, func(tx *postgres.Tx, view *organization.View) (err error) {
		found, err = readSeries(ctx, tx, view, id)
		return err
	})
	if err != nil {
		return Series{}, fmt.Errorf("read series: %w", err)
	}
	return found, nil
}
