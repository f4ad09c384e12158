package board

import (
	"slices"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
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
