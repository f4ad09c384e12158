package board

import (
	"cmp"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// FreeQuery searches rooms for a time.
type FreeQuery struct {
	StartsAt, EndsAt time.Time
	Day              clock.Date // with Part, in place of times: each room has its own hours for a part of the day
	Part             DayPart
	Capacity         int
	Layout           string       // so many in this layout
	Equipment        []string     // all of these
	BarrierFree      []venue.Fact // all of these
	Partnership      string       // rooms open to this partnership
	Organizations    []string     // slugs
	Areas            []string     // codes of municipalities
	Facility         uuid.UUID
	Noise            venue.Noise
	After            *FreePosition
	Limit            int
	inRounds         bool
	May              func(*Facts) bool // of a search for times: what else decides
}

// FreePosition is where a page ended.
type FreePosition struct {
	Capacity int
	ID       uuid.UUID
}

// FreeRoom is one that can be had for the time asked for.
type FreeRoom struct {
	Room             RoomRef
	Lender           organization.Ref
	Capacity         int
	AreaCode         string
	StartsAt, EndsAt time.Time
	Block            string    // the name of the block, of a search by parts of the day
	Reach            State     // Free, Early or Late: whether an organization outside can ask for it now
	Opens            time.Time // with Early: from when
}

// FreePage is one page, smallest rooms first; Next is nil on the last.
type FreePage struct {
	Items []FreeRoom
	Next  *FreePosition
}

// candidates are read at a time: the rules of hours and blocks are judged here, room by room. A
// page that is not full after mostLooked goes on from there.
const (
	candidates = 100
	mostLooked = 2000
)

// limit is how many rooms a page has: as many as asked for, where that is a number that may be.
func (q *FreeQuery) limit() int {
	if q.Limit < 1 || q.Limit > MaxFree {
		return MaxFree
	}
	return q.Limit
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

func (q *FreeQuery) day() clock.Date {
	if q.Part != "" {
		return q.Day
	}
	return clock.DateOf(q.StartsAt)
}

func (q *FreeQuery) use(span venue.Span) Use {
	return Use{StartsAt: span.From, EndsAt: span.To, Noise: cmp.Or(q.Noise, venue.Normal)}
}

// add adds those of some candidates that can be had, and gives them. It ends with a position when
// one of them does not fit any more.
func (p *FreePage) add(now time.Time, found []*Facts, busy map[uuid.UUID]taken, q *FreeQuery) []*Facts {
	var added []*Facts
	for _, f := range found {
		room, ok := f.matches(now, q, busy[f.Room.ID])
		if !ok {
			continue
		}
		if len(p.Items) == q.Limit {
			last := p.Items[q.Limit-1]
			p.Next = &FreePosition{Capacity: last.Capacity, ID: last.Room.ID}
			return added
		}
		p.Items, added = append(p.Items, room), append(added, f)
	}
	return added
}

// matches tells whether a room can be had as a search asks. With times the search has left out
// what is taken; with a part of the day it is looked at here.
func (f *Facts) matches(now time.Time, q *FreeQuery, t taken) (FreeRoom, bool) {
	if q.Part != "" {
		return f.freeIn(now, q.Day, q, t)
	}
	if f.Check(Use{StartsAt: q.StartsAt, EndsAt: q.EndsAt, Noise: q.Noise}) != nil || q.May != nil && !q.May(f) {
		return FreeRoom{}, false
	}
	return f.found(now, venue.Span{From: q.StartsAt, To: q.EndsAt}), true
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
