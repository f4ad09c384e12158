package round

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// roomRules are what decides at one moment whether wishes of a round can be kept: what is known of
// its rooms, read in the transaction.
type roomRules struct {
	now   time.Time
	view  *organization.View
	rooms map[uuid.UUID]*board.Facts
}

// refusal gives the code of why a wish can't be kept, "" when it can.
func (r roomRules) refusal(a *owned, w Wish) string {
	f := r.rooms[w.RoomID]
	switch {
	case f == nil:
		return fault.CodeOf(board.ErrRoomUnknown)
	case !w.StartsAt.After(r.now):
		return venue.BookingPast // a worker that slept
	}
	if _, err := f.TermOf(r.view, a.borrower, w.use(a.People)); err != nil {
		return fault.CodeOf(err)
	}
	return ""
}

// droppedWish is a wish that is not drawn for, and why.
type droppedWish struct {
	application uuid.UUID
	rank        int // from 1
	reason      string
}

// list makes the list of a round: wishes that can't be kept any more are not on it but are given
// beside it, and floor that is taken has a pool without room.
func (r roomRules) list(draw uuid.UUID, applications []owned, floors []wishedFloor) (lottery.List, []droppedWish) {
	list := lottery.List{Draw: draw.String()}
	var dropped []droppedWish
	wished := map[string]bool{}
	for i := range applications {
		a := &applications[i]
		e := lottery.Entry{Number: a.Number, Size: 1}
		for n, w := range a.Wishes {
			if reason := r.refusal(a, w); reason != "" {
				dropped = append(dropped, droppedWish{a.ID, n + 1, reason})
				continue
			}
			e.Choices = append(e.Choices, w.Pool())
			wished[w.Pool()] = true
		}
		if len(e.Choices) > 0 {
			list.Entries = append(list.Entries, e)
		}
	}
	for _, f := range floors {
		pool := lottery.Pool{Name: f.wish.Pool(), Seats: 1}
		if !wished[pool.Name] {
			continue
		}
		if f.taken {
			pool.Seats = 0
		}
		list.Pools = append(list.Pools, pool)
		list.Takes = append(
			list.Takes,
			lottery.Take{Pool: pool.Name, From: int(f.from.Unix() / 60), To: int(f.to.Unix() / 60), Spaces: f.spaces},
		)
	}
	return list, dropped
}

// struck finds the choices of a list that the rooms' rules no longer allow.
func (r roomRules) struck(list lottery.List, byNumber map[string]*owned) map[lottery.Struck]bool {
	struck := map[lottery.Struck]bool{}
	for _, e := range list.Entries {
		for _, pool := range e.Choices {
			if w, ok := ParsePool(pool); ok && byNumber[e.Number] != nil && r.refusal(byNumber[e.Number], w) != "" {
				struck[lottery.Struck{Number: e.Number, Pool: pool}] = true
			}
		}
	}
	return struck
}

// strikes are what came of the choices that were struck in a draw.
type strikes struct {
	dropped   []droppedWish
	lost      []uuid.UUID // applications that were given nothing and had a wish struck
	published []string    // number and pool, in the order of text
}

// strike says what came of the choices that were struck; given are the numbers that were given
// something.
func strike(now time.Time, all []owned, struck map[lottery.Struck]bool, given map[string]bool) strikes {
	s := strikes{lost: []uuid.UUID{}, published: []string{}}
	for i := range all {
		a, some := &all[i], false
		for n, w := range a.Wishes {
			if !struck[lottery.Struck{Number: a.Number, Pool: w.Pool()}] {
				continue
			}
			some = true
			s.published = append(s.published, a.Number+" "+w.Pool())
			reason := WishStruck
			if !w.StartsAt.After(now) {
				reason = venue.BookingPast
			}
			s.dropped = append(s.dropped, droppedWish{a.ID, n + 1, reason})
		}
		if some && !given[a.Number] {
			s.lost = append(s.lost, a.ID)
		}
	}
	slices.Sort(s.published)
	return s
}

// WishStruck is the code (Wish.Dropped) of a wish on the list that was not drawn for, because its
// room can no longer be used.
const WishStruck = "room_changed"
