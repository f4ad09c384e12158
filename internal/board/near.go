package board

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

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
