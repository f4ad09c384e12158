package round

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// openRoom is a room for 20 that everyone may have from 9:00 to 21:00 by the hour.
func openRoom() *board.Facts {
	f := &board.Facts{}
	f.Room.ID, f.Room.Organization.ID, f.Room.Facility.ID = uuid.New(), uuid.New(), uuid.New()
	f.Room.Status, f.Room.Facility.Status = venue.Open, venue.Open
	f.Room.OpenTo, f.Room.Capacity, f.Room.Noise = venue.OpenToEveryone, 20, venue.Normal
	f.Room.Terms = []venue.Term{{Who: venue.Others}}
	f.Rules.Uses = venue.Uses{Mode: venue.ByGrid, Grid: 60}
	f.Rules.Facility = venue.Calendar{Seasons: []venue.Season{
		{Week: venue.EveryDay(venue.Hours{From: 9 * 60, To: 21 * 60})},
	}}
	return f
}

func rulesAt(now time.Time, rooms ...*board.Facts) roomRules {
	r := roomRules{now: now, view: &organization.View{}, rooms: map[uuid.UUID]*board.Facts{}}
	for _, f := range rooms {
		r.rooms[f.Room.ID] = f
	}
	return r
}

func number(n int) string { return fmt.Sprintf("%0*d", lottery.NumberLength, n) }

func applicationFor(n int, wishes ...Wish) owned {
	return owned{Application: Application{ID: uuid.New(), Number: number(n), Wishes: wishes}, borrower: uuid.New()}
}

func TestWhyAWishCantBeKept(t *testing.T) {
	t.Parallel()
	f := openRoom()
	rules := rulesAt(at(8, 0), f)
	crowd := applicationFor(1)
	crowd.People = new(21)
	some := applicationFor(2)
	some.People = new(20)
	for name, tt := range map[string]struct {
		now  time.Time
		a    owned
		wish Wish
		want string
	}{
		"kept":                 {at(8, 0), some, wanted(f.Room.ID, 9, 12), ""},
		"about to begin":       {at(9, 0).Add(-1), some, wanted(f.Room.ID, 9, 12), ""},
		"begins now":           {at(9, 0), some, wanted(f.Room.ID, 9, 12), venue.BookingPast},
		"began":                {at(9, 0).Add(1), some, wanted(f.Room.ID, 9, 12), venue.BookingPast},
		"of no room there is":  {at(8, 0), some, wanted(uuid.New(), 9, 12), "booking_room_unknown"},
		"outside the hours":    {at(7, 0), some, wanted(f.Room.ID, 8, 12), venue.OutsideHours},
		"for too many people":  {at(8, 0), crowd, wanted(f.Room.ID, 9, 12), venue.TooMany},
		"no room before times": {at(9, 0), some, wanted(uuid.New(), 9, 12), "booking_room_unknown"},
	} {
		rules.now = tt.now
		if got := rules.refusal(&tt.a, tt.wish); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestTheListHasWhatCanBeKept(t *testing.T) {
	t.Parallel()
	f := openRoom()
	early, late, third := wanted(f.Room.ID, 9, 12), wanted(f.Room.ID, 13, 15), wanted(f.Room.ID, 16, 18)
	both, one := applicationFor(1, early, late), applicationFor(2, early)
	none := applicationFor(3, wanted(uuid.New(), 9, 12))
	floor := func(w Wish, taken bool, space string) wishedFloor {
		return wishedFloor{
			wish: w, from: w.StartsAt.Add(-15 * time.Minute), to: w.EndsAt.Add(30 * time.Minute), taken: taken,
			spaces: []string{space},
		}
	}
	draw := uuid.New()
	list, dropped := rulesAt(at(9, 0), f).list(
		draw,
		[]owned{both, one, none},
		[]wishedFloor{floor(early, false, "a"), floor(late, true, "b"), floor(third, false, "c")},
	)
	minute := int(late.StartsAt.Unix() / 60)
	want := lottery.List{
		Draw:    draw.String(),
		Entries: []lottery.Entry{{Number: number(1), Size: 1, Choices: []string{late.Pool()}}},
		Pools:   []lottery.Pool{{Name: late.Pool(), Seats: 0}},
		Takes: []lottery.Take{
			{Pool: late.Pool(), From: minute - 15, To: minute + 150, Spaces: []string{"b"}},
		},
	}
	if fmt.Sprint(list) != fmt.Sprint(want) {
		t.Errorf("list %+v, want %+v", list, want)
	}
	wantDropped := []droppedWish{
		{both.ID, 1, venue.BookingPast},
		{one.ID, 1, venue.BookingPast},
		{none.ID, 1, "booking_room_unknown"},
	}
	if fmt.Sprint(dropped) != fmt.Sprint(wantDropped) {
		t.Errorf("dropped %v, want %v", dropped, wantDropped)
	}
	floors := []wishedFloor{floor(early, false, "a"), floor(late, true, "b")}
	list, dropped = rulesAt(at(8, 0), f).list(draw, []owned{both, one}, floors)
	if len(dropped) != 0 || len(list.Entries) != 2 || len(list.Entries[0].Choices) != 2 || list.Pools[0].Seats != 1 {
		t.Errorf("an hour before: %+v, dropped %v", list, dropped)
	}
	if err := list.Check(); err != nil {
		t.Errorf("the list is not one: %v", err)
	}
}

func TestChoicesThatAreStruck(t *testing.T) {
	t.Parallel()
	f := openRoom()
	early, late := wanted(f.Room.ID, 9, 12), wanted(f.Room.ID, 13, 15)
	a := applicationFor(1, early, late)
	list := lottery.List{Entries: []lottery.Entry{
		{Number: a.Number, Choices: []string{early.Pool(), late.Pool(), "no pool"}},
		{Number: number(2), Choices: []string{early.Pool()}}, // of an application that was withdrawn
	}}
	byNumber := map[string]*owned{a.Number: &a}
	struck := rulesAt(at(9, 0), f).struck(list, byNumber)
	if len(struck) != 1 || !struck[lottery.Struck{Number: a.Number, Pool: early.Pool()}] {
		t.Errorf("as the first begins: %v", struck)
	}
	if struck := rulesAt(at(8, 0), f).struck(list, byNumber); len(struck) != 0 {
		t.Errorf("before: %v", struck)
	}
}

func TestWhatComesOfChoicesThatWereStruck(t *testing.T) {
	t.Parallel()
	room := uuid.New()
	early, late := wanted(room, 9, 12), wanted(room, 13, 15)
	lost, won, untouched := applicationFor(3, early, late), applicationFor(2, early, late), applicationFor(1, early)
	all := []owned{lost, won, untouched}
	struck := map[lottery.Struck]bool{
		{Number: lost.Number, Pool: late.Pool()}:  true,
		{Number: lost.Number, Pool: early.Pool()}: true,
		{Number: won.Number, Pool: late.Pool()}:   true,
	}
	s := strike(early.StartsAt, all, struck, map[string]bool{won.Number: true})
	wantDropped := []droppedWish{
		{lost.ID, 1, venue.BookingPast},
		{lost.ID, 2, WishStruck},
		{won.ID, 2, WishStruck},
	}
	if fmt.Sprint(s.dropped) != fmt.Sprint(wantDropped) {
		t.Errorf("dropped %v, want %v", s.dropped, wantDropped)
	}
	if len(s.lost) != 1 || s.lost[0] != lost.ID {
		t.Errorf("lost: %v", s.lost)
	}
	want := []string{won.Number + " " + late.Pool(), lost.Number + " " + early.Pool(), lost.Number + " " + late.Pool()}
	if fmt.Sprint(s.published) != fmt.Sprint(want) {
		t.Errorf("published: %v, want %v", s.published, want)
	}
	if s := strike(early.StartsAt.Add(-1), all, struck, nil); s.dropped[0].reason != WishStruck || len(s.lost) != 2 {
		t.Errorf("a moment before it begins: %+v", s)
	}
	if s := strike(early.StartsAt, all, nil, nil); s.lost == nil || s.published == nil || len(s.dropped) != 0 {
		t.Errorf("nothing struck: %+v", s)
	}
}
