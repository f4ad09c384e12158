package board

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Limits of one board.
const (
	MaxRooms = 30
	MaxDays  = 31
)

// What a board says besides the states of a block. Early and Late are free times that no
// organization outside can ask for yet, or any more.
const (
	Early State = "early"
	Late  State = "late"
	Shut  State = "closed" // of a day
)

// Query asks for the rooms of a facility, in the order of its list, or for one room.
type Query struct {
	Facility, Room uuid.UUID // one of them
	From           clock.Date
	Days           int
	Skip           int // rooms of the facility, for those with more than MaxRooms
}

func (q Query) check() error {
	if q.Days < 1 || q.Days > MaxDays {
		return ErrSpan.Field("to", "longer_than_31_days")
	}
	if last := q.From.AddDays(q.Days); !q.From.Valid() || q.From.Year < 2000 || last.Year > 2099 {
		return ErrSpan.Field("from", "year_out_of_range")
	}
	return nil
}

// Board is when rooms can be had, for everybody: times alone, never who has them nor what for.
type Board struct {
	From  clock.Date
	Days  int
	Rooms []Row
	More  bool // rooms beyond these
}

// Row is one row.
type Row struct {
	Room     RoomRef
	Lender   organization.Ref
	Capacity int
	ByBlocks bool
	Days     []Day
}

// Day is one room on one day. Its blocks have the states of a board.
type Day struct {
	DayState
	State State        // the day in one word: Free when all that is left of it is free, Partly when some is
	Round uuid.UUID    // with ByLot: for which it is kept
	Free  []venue.Span // what can be had of hours by a grid
	Opens time.Time    // with Early: when the first organizations outside can ask
}

// taken are the times of a room that can't be had, in order; what touches is one.
type taken struct {
	busy []venue.Span
	kept []KeptSpan
}

// board is a day of the room for everybody outside.
func (f *Facts) board(now time.Time, d clock.Date, t taken) Day {
	near := t.near(f, d)
	day := Day{DayState: f.days(now, d.Start(), d.AddDays(1).Start(), near.busy, near.kept)[0]}
	if day.Closed != "" {
		day.State = Shut
		return day
	}
	for i := range day.Blocks {
		b := &day.Blocks[i]
		asked := b.Starts
		if f.Rules.Uses.Mode == venue.ByGrid && b.State != Past {
			free := f.stretches(now, venue.Span{From: b.Starts, To: b.Ends}, near)
			day.Free = append(day.Free, free...)
			if b.State = remains(b, free, near); len(free) > 0 {
				asked = free[len(free)-1].From
			}
		}
		if b.State == Free || b.State == Partly {
			if reach, opens := f.reach(now, asked); reach != Free {
				b.State, day.Opens = reach, opens
			}
		}
		if b.State == ByLot {
			b.Round = near.round(venue.Span{From: b.Starts, To: b.Ends}.Wide(f.Room.Buffers()))
		}
	}
	if f.Rules.Uses.Mode == venue.ByGrid &&
		!slices.ContainsFunc(day.Blocks, func(b BlockState) bool { return b.State == Free || b.State == Partly }) {
		day.Free = nil // free, but not to be asked for
	}
	if day.State = whole(day.Blocks); day.State == ByLot {
		i := slices.IndexFunc(day.Blocks, func(b BlockState) bool { return b.State == ByLot })
		day.Round = day.Blocks[i].Round
	}
	return day
}

// round is the first that keeps some of a span.
func (t taken) round(span venue.Span) uuid.UUID {
	for _, k := range t.kept {
		if k.Overlaps(span) {
			return k.Round
		}
	}
	return uuid.Nil
}

// near are the taken times of about a day: those of a month need not be compared with each block.
func (t taken) near(f *Facts, d clock.Date) taken {
	window := venue.Span{From: d.Start(), To: d.AddDays(1).Start()}.Wide(f.Room.Buffers())
	var n taken
	for _, b := range t.busy {
		if b.Overlaps(window) {
			n.busy = append(n.busy, b)
		}
	}
	for _, k := range t.kept {
		if k.Overlaps(window) {
			n.kept = append(n.kept, k)
		}
	}
	return n
}

// remains is what is left of hours by a grid.
func remains(b *BlockState, free []venue.Span, t taken) State {
	switch {
	case len(free) > 0 && b.State == Free && free[0].From.Equal(b.Starts) && free[0].To.Equal(b.Ends):
		return Free
	case len(free) > 0:
		return Partly
	case b.State != Taken && len(t.kept) > 0:
		return ByLot
	}
	return Taken
}

// stretches gives what can be had of hours by a grid: what others took, with the room's buffers
// between, is cut out, and what remains starts and ends on the grid, after now, and is long enough
// for a use.
func (f *Facts) stretches(now time.Time, span venue.Span, t taken) []venue.Span {
	setup, clearing := f.Room.Buffers()
	step := time.Duration(max(1, f.Rules.Uses.Grid)) * time.Minute
	least := max(step, time.Duration(f.Rules.Uses.Least)*time.Minute)
	midnight := clock.StartOfDay(span.From)
	up := func(at time.Time) time.Time { return midnight.Add((at.Sub(midnight) + step - 1) / step * step) }
	down := func(at time.Time) time.Time { return midnight.Add(at.Sub(midnight) / step * step) }
	from := span.From
	if !from.After(now) {
		from = now.Add(1)
	}
	var all []venue.Span
	add := func(from, to time.Time) {
		if from, to = up(from), down(to); to.Sub(from) >= least {
			all = append(all, venue.Span{From: from, To: to})
		}
	}
	inTheWay := slices.Clone(t.busy)
	for _, k := range t.kept {
		inTheWay = append(inTheWay, k.Span)
	}
	slices.SortFunc(inTheWay, func(a, b venue.Span) int { return a.From.Compare(b.From) })
	for _, b := range inTheWay {
		if !b.Overlaps(span.Wide(setup, clearing)) {
			continue
		}
		if end := b.From.Add(-clearing); from.Before(end) {
			add(from, end)
		}
		if again := b.To.Add(setup); again.After(from) {
			from = again
		}
	}
	if from.Before(span.To) {
		add(from, span.To)
	}
	return all
}

// reach tells whether any organization outside can ask now for a use that starts then: Free, Early
// (and from when), Late.
func (f *Facts) reach(now, starts time.Time) (State, time.Time) {
	state, first := Late, time.Time{}
	for _, who := range []venue.Who{venue.Partners, venue.Others} {
		term, ok := venue.TermFor(f.Room.Terms, who)
		if !ok || who == venue.Partners && len(f.Room.Partnerships) == 0 ||
			who == venue.Others && f.Room.OpenTo != venue.OpenToEveryone {
			continue
		}
		opens, closes := term.Window(starts)
		switch {
		case now.Before(opens) && (first.IsZero() || opens.Before(first)):
			first = opens
		case !now.Before(opens) && now.Before(closes):
			return Free, time.Time{}
		}
	}
	if !first.IsZero() {
		state = Early
	}
	return state, first
}

// whole says of a day's blocks in one word what is left of it. Extensions and blocks made of others
// say nothing of their own.
func whole(blocks []BlockState) State {
	seen := map[State]int{}
	n := 0
	for _, b := range blocks {
		if b.Kind == venue.PlainBlock && b.State != Past {
			seen[b.State]++
			n++
		}
	}
	switch {
	case n == 0:
		return Past
	case seen[Free] == n:
		return Free
	case seen[Free]+seen[Partly] > 0:
		return Partly
	}
	for _, state := range []State{Early, Late, ByLot} {
		if seen[state] > 0 {
			return state
		}
	}
	return Taken
}
