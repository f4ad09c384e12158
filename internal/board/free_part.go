package board

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// DayPart is a part of the day to search by, whatever hours a room's own blocks have.
type DayPart string

// The parts.
const (
	Morning   DayPart = "morning"
	Afternoon DayPart = "afternoon"
	Evening   DayPart = "evening"
	FullDay   DayPart = "full_day"
)

// DayParts lists them in the order of the day.
var DayParts = []DayPart{Morning, Afternoon, Evening, FullDay}

// Rooms by blocks: the block that starts at or after the first and before the second. By a grid: as
// much of the two as the room is open.
var partHours = map[DayPart]struct{ starts, grid venue.Hours }{
	Morning:   {venue.Hours{From: 0, To: 12 * 60}, venue.Hours{From: 9 * 60, To: 12 * 60}},
	Afternoon: {venue.Hours{From: 12 * 60, To: 17 * 60}, venue.Hours{From: 13 * 60, To: 17 * 60}},
	Evening:   {venue.Hours{From: 17 * 60, To: venue.EndOfDay}, venue.Hours{From: 18 * 60, To: 21 * 60}},
}

// Valid tells whether it is one of DayParts.
func (p DayPart) Valid() bool { return slices.Contains(DayParts, p) }

// slots are the times of a room that make up a part of a day.
func (f *Facts) slots(d clock.Date, p DayPart) []venue.Block {
	var all []venue.Block
	hours := partHours[p]
	for _, b := range f.Rules.Blocks(d) {
		switch byBlocks := f.Rules.Uses.Mode == venue.ByBlocks; {
		case p == FullDay && (!byBlocks || b.Kind == venue.WholeDay):
			all = append(all, b)
		case p == FullDay:
		case byBlocks:
			if b.Kind == venue.PlainBlock && b.From >= hours.starts.From && b.From < hours.starts.To {
				all = append(all, b)
			}
		default:
			if b.From, b.To = max(b.From, hours.grid.From), min(b.To, hours.grid.To); b.From < b.To {
				all = append(all, b)
			}
		}
	}
	return all
}

// freeIn gives the first time of a part of a day that can be had, as a search shows it.
func (f *Facts) freeIn(now time.Time, d clock.Date, q *FreeQuery, t taken) (FreeRoom, bool) {
	for _, b := range f.slots(d, q.Part) {
		if r, ok := f.freeAt(now, b.On(d), q, t); ok {
			r.Block = b.Name
			return r, true
		}
	}
	return FreeRoom{}, false
}

// freeAt tells whether the room can be had at a time.
func (f *Facts) freeAt(now time.Time, span venue.Span, q *FreeQuery, t taken) (FreeRoom, bool) {
	if !span.From.After(now) || f.Check(q.use(span)) != nil ||
		f.state(now, span, t.busy, t.kept) != Free {
		return FreeRoom{}, false
	}
	return f.found(now, span), true
}

func (f *Facts) found(now time.Time, span venue.Span) FreeRoom {
	r := FreeRoom{
		Room:     f.Ref(),
		Lender:   f.Room.Organization,
		Capacity: f.Room.Capacity,
		AreaCode: f.Room.Facility.AreaCode,
		StartsAt: span.From,
		EndsAt:   span.To,
	}
	r.Reach, r.Opens = f.reach(now, span.From)
	return r
}

func (q *FreeQuery) use(span venue.Span) Use {
	return Use{StartsAt: span.From, EndsAt: span.To, Noise: cmp.Or(q.Noise, venue.Normal)}
}

func (q *FreeQuery) day() clock.Date {
	if q.Part != "" {
		return q.Day
	}
	return clock.DateOf(q.StartsAt)
}

// check refuses what no room could be had for.
func (q *FreeQuery) check(now time.Time) error {
	if q.Part == "" {
		return CheckSpan(now, q.StartsAt, q.EndsAt)
	}
	switch {
	case !q.Part.Valid():
		return ErrSpan.Field("part", "unknown_value")
	case !q.Day.Valid() || q.Day.Year < 2000 || q.Day.Year > 2099:
		return ErrSpan.Field("day", "year_out_of_range")
	case q.Day.Before(clock.DateOf(now)):
		return Refuse([]venue.Problem{{Code: venue.BookingPast}})
	}
	return nil
}

// Near is a time close to the one asked for at which some room can be had.
type Near struct {
	Day      clock.Date
	Part     DayPart   // or
	StartsAt time.Time // the same time on another day
	EndsAt   time.Time
	Rooms    int
	More     bool // rooms that were not looked at
}

// How far Near looks.
const (
	nearDays  = 7
	nearTimes = 6
	sameDay   = 3
)

// Near finds other parts of the same day and the same time on days around it, for a search that
// found nothing. It looks at the smallest rooms that fit. ErrSpan.
func (s *Service) Near(ctx context.Context, q FreeQuery) ([]Near, error) {
	if err := q.check(s.db.Clock().Now()); err != nil {
		return nil, err
	}
	var all []Near
	err := s.db.InPublic(ctx, func(tx *postgres.Tx) error {
		day := q.day()
		every := q
		every.Day, every.Part = day, FullDay // whatever is taken
		found, err := selectFree(ctx, tx, day, every, nil)
		if err != nil || len(found) == 0 {
			return err
		}
		busy, err := selectBusyOf(
			ctx,
			tx,
			found,
			venue.Span{From: day.AddDays(-nearDays).Start(), To: day.AddDays(nearDays + 1).Start()},
		)
		if err != nil {
			return err
		}
		all = nearest(tx.Now, found, busy, q)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find near times: %w", err)
	}
	return all, nil
}

// nearest judges the times around, the nearest first: at most sameDay parts of the same day, then
// the days by their distance.
func nearest(now time.Time, rooms []*Facts, busy map[uuid.UUID]taken, q FreeQuery) []Near {
	var all []Near
	add := func(n Near) {
		asked := q
		asked.Part = n.Part
		for _, f := range rooms {
			var ok bool
			if n.Part != "" {
				_, ok = f.freeIn(now, n.Day, &asked, busy[f.Room.ID])
			} else {
				_, ok = f.freeAt(now, venue.Span{From: n.StartsAt, To: n.EndsAt}, &asked, busy[f.Room.ID])
			}
			if ok {
				n.Rooms++
			}
		}
		if n.More = len(rooms) == candidates; n.Rooms > 0 {
			all = append(all, n)
		}
	}
	day := q.day()
	for _, part := range DayParts[:sameDay] {
		if part != q.Part {
			add(Near{Day: day, Part: part})
		}
	}
	for distance := 1; distance <= nearDays; distance++ {
		for _, d := range []int{distance, -distance} {
			if len(all) == nearTimes {
				return all
			}
			n := Near{Day: day.AddDays(d), Part: q.Part}
			if q.Part == "" {
				shift := n.Day.Start().Sub(day.Start())
				n.StartsAt, n.EndsAt = q.StartsAt.Add(shift), q.EndsAt.Add(shift)
			}
			add(n)
		}
	}
	return all
}
