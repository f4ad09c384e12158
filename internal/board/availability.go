package board

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Availability is when a room can be had: times alone, nothing of who has it.
type Availability struct {
	Room     RoomRef
	Lender   organization.Ref
	From, To time.Time
	Busy     []venue.Span // taken, with set-up and clearing; what touches is one
	Kept     []KeptSpan   // for rounds, from the asker
	Days     []DayState
}

// KeptSpan is a time for which a round keeps a room: it can be had by applying there, or after it.
type KeptSpan struct {
	venue.Span
	Round uuid.UUID
}

// DayState is one day of a room.
type DayState struct {
	Date    clock.Date
	Closed  string // why, one of venue's words; "" when there are hours
	Holiday string
	Blocks  []BlockState // of a room by blocks; of one by a grid, its hours
}

// BlockState is one block of a day.
type BlockState struct {
	Key, Name    string
	Kind         venue.BlockKind
	Starts, Ends time.Time
	State        State
	Round        uuid.UUID // of a board, with ByLot: for which it is kept
}

// State is whether a block can be had.
type State string

// The states.
const (
	Free   State = "free"
	Partly State = "partly" // of hours by a grid: some of it
	Taken  State = "taken"
	ByLot  State = "by_lot" // kept for a round
	Past   State = "past"
)

// checkWindow refuses a window that is empty, too long, or of years that no room is booked in.
func checkWindow(from, to time.Time) error {
	switch {
	case !from.Before(to):
		return ErrSpan.Field("to", "times_out_of_order")
	case to.Sub(from) > MaxWindow:
		return ErrSpan.Field("to", "longer_than_62_days")
	case clock.DateOf(from).Year < 2000 || clock.DateOf(to).Year > 2099:
		return ErrSpan.Field("from", "year_out_of_range")
	}
	return nil
}

// within cuts spans to a window.
func within(all []venue.Span, window venue.Span) []venue.Span {
	cut := []venue.Span{}
	for _, b := range all {
		if !b.Overlaps(window) {
			continue
		}
		if b.From.Before(window.From) {
			b.From = window.From
		}
		if b.To.After(window.To) {
			b.To = window.To
		}
		cut = append(cut, b)
	}
	return cut
}

// keptWithin cuts the times kept for rounds to a window.
func keptWithin(all []KeptSpan, window venue.Span) []KeptSpan {
	cut := []KeptSpan{}
	for _, k := range all {
		for _, span := range within([]venue.Span{k.Span}, window) {
			cut = append(cut, KeptSpan{Span: span, Round: k.Round})
		}
	}
	return cut
}

func (f *Facts) days(now, from, to time.Time, busy []venue.Span, kept []KeptSpan) []DayState {
	var all []DayState
	for d := clock.DateOf(from); d.Start().Before(to); d = d.AddDays(1) {
		day := f.Rules.Day(d)
		state := DayState{Date: d, Closed: day.Closed, Holiday: day.Holiday, Blocks: []BlockState{}}
		if !f.Room.Bookable() && state.Closed == "" {
			state.Closed = venue.NotOpen
		}
		if state.Closed == "" {
			for _, b := range f.Rules.Blocks(d) {
				span := b.On(d)
				state.Blocks = append(
					state.Blocks,
					BlockState{
						Key:    b.Key,
						Name:   b.Name,
						Kind:   b.Kind,
						Starts: span.From,
						Ends:   span.To,
						State:  f.state(now, span, busy, kept),
					},
				)
			}
			if len(state.Blocks) == 0 {
				state.Closed = venue.ClosedOnce
			}
		}
		all = append(all, state)
	}
	return all
}

// state tells of a block with the room's buffers around it whether it can be had.
func (f *Facts) state(now time.Time, span venue.Span, busy []venue.Span, kept []KeptSpan) State {
	if !span.From.After(now) && (f.Rules.Uses.Mode == venue.ByBlocks || !span.To.After(now)) {
		return Past
	}
	state := Free
	for _, b := range busy {
		switch f.leaves(span, b) {
		case Taken:
			return Taken
		case Partly:
			state = Partly
		}
	}
	for _, k := range kept {
		switch f.leaves(span, k.Span) {
		case Taken:
			return ByLot
		case Partly:
			state = Partly
		}
	}
	return state
}

// leaves says what one taken time leaves of a block: Free where it does not reach into the block
// with the room's buffers, Taken where nothing of it can be had, which of a room by blocks is so
// when they touch at all.
func (f *Facts) leaves(block, by venue.Span) State {
	switch {
	case !by.Overlaps(block.Wide(f.Room.Buffers())):
		return Free
	case f.Rules.Uses.Mode == venue.ByBlocks, !by.From.After(block.From) && !by.To.Before(block.To):
		return Taken
	}
	return Partly
}
