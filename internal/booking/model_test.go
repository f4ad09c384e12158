package booking

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// entry is a booking in the naive calendar: a list that is looked through from front to end.
type entry struct {
	room         uuid.UUID
	starts, ends time.Time // with all buffers
}

// inTheWay is the naive truth of the hall: the halves stand in the way of the whole, not of each
// other.
func inTheWay(h testkit.Hall, a, b uuid.UUID) bool {
	return a == b || (a == h.Whole && b != h.Tea || b == h.Whole && a != h.Tea)
}

type calendar struct {
	hall     testkit.Hall
	setup    time.Duration
	clearing time.Duration
	entries  map[uuid.UUID]entry
}

func (c *calendar) free(e entry, besides ...uuid.UUID) bool {
	for id, other := range c.entries {
		skip := false
		for _, b := range besides {
			skip = skip || b == id
		}
		if !skip && inTheWay(c.hall, e.room, other.room) && e.starts.Before(other.ends) && other.starts.Before(e.ends) {
			return false
		}
	}
	return true
}

func (c *calendar) wide(b Booking) entry {
	return entry{
		room:   b.Room.ID,
		starts: b.StartsAt.Add(-c.setup - time.Duration(b.SetupMinutes)*time.Minute),
		ends:   b.EndsAt.Add(c.clearing + time.Duration(b.ClearingMinutes)*time.Minute),
	}
}

// What the database says of a hall is what a naive calendar says: after every step, about every
// room and hour.
func TestOccupancyIsANaiveCalendar(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 30})
	rooms := []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole, k.hall.Tea}
	rapid.Check(t, func(r *rapid.T) {
		k.exec("truncate booking cascade")
		c := &calendar{
			hall:     k.hall,
			setup:    15 * time.Minute,
			clearing: 30 * time.Minute,
			entries:  map[uuid.UUID]entry{},
		}
		room := rapid.SampledFrom(rooms)
		half := rapid.IntRange(18, 40) // half hours of the day
		existing := func() (Booking, bool) {
			ids := make([]uuid.UUID, 0, len(c.entries))
			for id := range c.entries {
				ids = append(ids, id)
			}
			if len(ids) == 0 {
				return Booking{}, false
			}
			d := k.get(k.kita, ids[rapid.IntRange(0, len(ids)-1).Draw(r, "which")])
			return d.Booking, true
		}
		r.Repeat(map[string]func(*rapid.T){
			"place": func(r *rapid.T) {
				from := half.Draw(r, "from")
				in := Request{
					RoomID:   room.Draw(r, "room"),
					StartsAt: at(0, 30*from),
					EndsAt:   at(0, 30*min(43, from+rapid.IntRange(1, 6).Draw(r, "length"))),
					Title:    "会議",
					SetupMinutes: 30 * rapid.IntRange(
						0,
						2,
					).Draw(
						r,
						"setup",
					),
					ClearingMinutes: 30 * rapid.IntRange(0, 2).Draw(r, "clearing"),
				}
				wanted := c.free(
					c.wide(
						Booking{
							Room:            board.RoomRef{ID: in.RoomID},
							StartsAt:        in.StartsAt,
							EndsAt:          in.EndsAt,
							SetupMinutes:    in.SetupMinutes,
							ClearingMinutes: in.ClearingMinutes,
						},
					),
				)
				b, err := k.service.Place(k.Context(), k.kita, in)
				if wanted != (err == nil) || err != nil && !errors.Is(err, ErrTaken) {
					r.Fatalf("free in the calendar: %v, placed: %v", wanted, err)
				}
				if err == nil {
					c.entries[b.ID] = c.wide(b)
				}
			},
			"cancel": func(r *rapid.T) {
				if b, ok := existing(); ok {
					if _, err := k.service.Cancel(k.Context(), k.kita, b.ID, ""); err != nil {
						r.Fatal(err)
					}
					delete(c.entries, b.ID)
				}
			},
			"move": func(r *rapid.T) {
				b, ok := existing()
				if !ok {
					return
				}
				to := b
				to.Room.ID, to.StartsAt = room.Draw(r, "room"), at(0, 30*half.Draw(r, "from"))
				to.EndsAt = to.StartsAt.Add(30 * time.Minute)
				wanted := c.free(c.wide(to), b.ID)
				_, err := k.service.Move(
					k.Context(),
					k.kita,
					b.ID,
					Move{RoomID: &to.Room.ID, StartsAt: &to.StartsAt, EndsAt: &to.EndsAt},
				)
				if wanted != (err == nil) || err != nil && !errors.Is(err, ErrTaken) {
					r.Fatalf("free in the calendar: %v, moved: %v", wanted, err)
				}
				if err == nil {
					c.entries[b.ID] = c.wide(to)
				}
			},
			"": func(r *rapid.T) {
				if k.overlaps() != 0 || k.astray() != 0 {
					r.Fatalf("%d overlaps, %d astray", k.overlaps(), k.astray())
				}
				hour := rapid.IntRange(9, 20).Draw(r, "hour")
				page, err := k.board.Free(k.Context(), board.FreeQuery{StartsAt: at(hour, 0), EndsAt: at(hour, 30)})
				if err != nil {
					r.Fatal(err)
				}
				found := map[uuid.UUID]bool{}
				for _, f := range page.Items {
					found[f.Room.ID] = true
				}
				for _, id := range rooms {
					e := c.wide(Booking{Room: board.RoomRef{ID: id}, StartsAt: at(hour, 0), EndsAt: at(hour, 30)})
					if found[id] != c.free(e) {
						r.Fatalf("at %d the search says %v, the calendar %v", hour, found[id], c.free(e))
					}
				}
			},
		})
	})
}
