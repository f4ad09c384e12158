package board

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
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

// Availability gives a room's free and taken times of a window of at most MaxWindow. Everyone may
// ask for a room that is open to others; asker is an organization that asks for its own, or
// uuid.Nil. ErrRoomUnknown, ErrSpan.
func (s *Service) Availability(ctx context.Context, asker, room uuid.UUID, from, to time.Time) (Availability, error) {
	if !from.Before(to) {
		return Availability{}, ErrSpan.Field("to", "times_out_of_order")
	}
	if to.Sub(from) > MaxWindow {
		return Availability{}, ErrSpan.Field("to", "longer_than_62_days")
	}
	if y := clock.DateOf(from).Year; y < 2000 || clock.DateOf(to).Year > 2099 {
		return Availability{}, ErrSpan.Field("from", "year_out_of_range")
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return Availability{}, err
	}
	var a Availability
	read := func(tx *postgres.Tx) error {
		all, err := readFacts(ctx, tx, clock.DateOf(from), clock.DateOf(to), "r.id = $1 and r.status <> 'draft'", room)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return ErrRoomUnknown
		}
		f := all[0]
		if err := s.nameOwner(ctx, tx, f); err != nil {
			return err
		}
		setup, clearing := f.Room.Buffers()
		busy, err := selectBusy(ctx, tx, room, from.Add(-setup-clearing), to.Add(setup+clearing))
		if err != nil {
			return err
		}
		kept, err := keptIn(ctx, tx, room, from.Add(-setup-clearing), to.Add(setup+clearing))
		if err != nil {
			return err
		}
		window := venue.Span{From: from, To: to}
		a = Availability{
			Room:   f.Ref(),
			Lender: f.Room.Organization,
			From:   from,
			To:     to,
			Busy:   within(busy, window),
			Kept:   []KeptSpan{},
			Days:   f.days(tx.Now, from, to, busy, kept),
		}
		for _, k := range kept {
			for _, span := range within([]venue.Span{k.Span}, window) {
				a.Kept = append(a.Kept, KeptSpan{Span: span, Round: k.Round})
			}
		}
		return nil
	}
	if err := s.asking(ctx, asker, read); err != nil {
		return Availability{}, fmt.Errorf("read availability: %w", err)
	}
	return a, nil
}

func (s *Service) asking(ctx context.Context, asker uuid.UUID, fn func(tx *postgres.Tx) error) error {
	if asker == uuid.Nil {
		return s.db.InPublic(ctx, fn)
	}
	return s.db.ReadOrganization(ctx, asker, fn)
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
	wide := span.Wide(f.Room.Buffers())
	state := Free
	for _, b := range busy {
		switch {
		case !b.Overlaps(wide):
		case f.Rules.Uses.Mode == venue.ByBlocks, !b.From.After(span.From) && !b.To.Before(span.To):
			return Taken
		default:
			state = Partly
		}
	}
	for _, k := range kept {
		switch {
		case !k.Overlaps(wide):
		case f.Rules.Uses.Mode == venue.ByBlocks, !k.From.After(span.From) && !k.To.Before(span.To):
			return ByLot
		default:
			state = Partly
		}
	}
	return state
}

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

// Free finds rooms that are open to others, large enough, open at that time by their own hours and
// blocks, and not taken. Who may book when is not looked at. ErrSpan.
func (s *Service) Free(ctx context.Context, q FreeQuery) (FreePage, error) {
	page, err := s.FreeFor(ctx, uuid.Nil, q)
	if err != nil {
		return FreePage{}, fmt.Errorf("find free rooms: %w", err)
	}
	return page, nil
}

// FreeFor finds the rooms that an organization sees, as Free; uuid.Nil asks as everybody.
func (s *Service) FreeFor(ctx context.Context, asker uuid.UUID, q FreeQuery) (FreePage, error) {
	if err := q.check(s.db.Clock().Now()); err != nil {
		return FreePage{}, err
	}
	if q.Limit < 1 || q.Limit > MaxFree {
		q.Limit = MaxFree
	}
	ctx, err := s.held(ctx)
	if err != nil {
		return FreePage{}, err
	}
	page := FreePage{Items: []FreeRoom{}}
	err = s.asking(ctx, asker, func(tx *postgres.Tx) error {
		day, after := q.day(), q.After
		for looked := candidates; ; looked += candidates {
			found, err := selectFree(ctx, tx, day, q, after)
			if err != nil {
				return err
			}
			if err := s.pick(ctx, tx, &page, found, q); err != nil || page.Next != nil || len(found) < candidates {
				return err
			}
			last := found[len(found)-1].Room
			after = &FreePosition{Capacity: last.Capacity, ID: last.ID}
			if looked >= mostLooked {
				page.Next = after
				return nil
			}
		}
	})
	return page, err
}

// pick adds to a page those of some candidates that can be had.
func (s *Service) pick(ctx context.Context, tx *postgres.Tx, page *FreePage, found []*Facts, q FreeQuery) (err error) {
	var busy map[uuid.UUID]taken
	if q.Part != "" {
		if busy, err = selectBusyOf(
			ctx,
			tx,
			found,
			venue.Span{From: q.Day.Start(), To: q.Day.AddDays(1).Start()},
		); err != nil {
			return err
		}
	}
	for _, f := range found {
		var room FreeRoom
		ok := false
		if q.Part != "" {
			room, ok = f.freeIn(tx.Now, q.Day, &q, busy[f.Room.ID])
		} else if f.Check(Use{StartsAt: q.StartsAt, EndsAt: q.EndsAt, Noise: q.Noise}) == nil {
			room, ok = f.found(tx.Now, venue.Span{From: q.StartsAt, To: q.EndsAt}), q.May == nil || q.May(f)
		}
		if !ok {
			continue
		}
		if len(page.Items) == q.Limit {
			last := page.Items[q.Limit-1]
			page.Next = &FreePosition{Capacity: last.Capacity, ID: last.Room.ID}
			return nil
		}
		if err := s.nameOwner(ctx, tx, f); err != nil {
			return err
		}
		room.Lender = f.Room.Organization
		page.Items = append(page.Items, room)
	}
	return nil
}
