package booking

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func hour(h int) *venue.TimeOfDay { return new(venue.TimeOfDay(h * 60)) }

// weekly is a series of six Sundays from 6 December on.
func (k *kit) weekly(by staff.Author, room uuid.UUID, from, to int) Series {
	k.Helper()
	r, err := k.service.PlaceSeries(k.Context(), by, SeriesRequest{
		Request: Request{
			RoomID: room,
			Title:  "日曜教室",
		},
		Rule:   "FREQ=WEEKLY;BYDAY=SU",
		Starts: *hour(from),
		Ends:   *hour(to),
		First:  clock.NewDate(2026, 12, 6),
		Last:   clock.NewDate(2027, 1, 10),
	})
	if err != nil || len(r.Bookings) != 6 || len(r.Rejected) != 0 {
		k.Fatalf("%d of 6, %+v, %v", len(r.Bookings), r.Rejected, err)
	}
	return r.Series
}

// stands gives room and first hour of each of a series' bookings, "-" for those that are over, in
// the order of the days they were placed for.
func (k *kit) stands(by staff.Author, s Series) (all []string) {
	k.Helper()
	names := map[uuid.UUID]string{k.hall.A: "A", k.hall.B: "B", k.hall.Whole: "W", k.hall.Tea: "T"}
	for _, b := range s.Bookings {
		d := k.get(by, b.ID)
		if d.Status.Over() {
			all = append(all, "-")
			continue
		}
		all = append(all, names[d.Room.ID]+d.StartsAt.In(clock.Tokyo).Format("15"))
	}
	return all
}

func same(a []string, b ...string) bool {
	for i := range b {
		if i >= len(a) || a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// A series is changed from a day on, then from a later one on, then on one day: each change is for
// what it names, on top of the one before.
func TestASeriesIsChangedFromHereOnAgainAndAgain(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	s := k.weekly(k.minato, k.hall.A, 9, 11)
	change := func(scope Scope, from int, c SeriesChange, want ...string) {
		t.Helper()
		c.Scope, c.From = scope, s.Bookings[from].ID
		if _, err := k.service.ChangeSeries(t.Context(), k.minato, s.ID, c); err != nil {
			t.Fatal(err)
		}
		if got := k.stands(k.kita, s); !same(got, want...) || k.overlaps()+k.astray() != 0 {
			t.Errorf("from %d on: %v, want %v", from, got, want)
		}
	}
	change(Following, 1, SeriesChange{RoomID: &k.hall.B}, "A09", "B09", "B09", "B09", "B09", "B09")
	change(Following, 3, SeriesChange{Starts: hour(14), Ends: hour(16)}, "A09", "B09", "B09", "B14", "B14", "B14")
	change(OnlyThis, 4, SeriesChange{RoomID: &k.hall.Tea}, "A09", "B09", "B09", "B14", "T14", "B14")
	change(
		Following,
		2,
		SeriesChange{RoomID: &k.hall.Whole, Starts: hour(18), Ends: hour(20)},
		"A09",
		"B09",
		"W18",
		"W18",
		"W18",
		"W18",
	)
	change(AllDates, 0, SeriesChange{RoomID: &k.hall.A}, "A09", "A09", "A18", "A18", "A18", "A18")
	// Somebody stands in the way on one of the days: nothing of it happens, and the day is named.
	own := ask(k.hall.B, 18, 19)
	k.place(k.kita, own)
	_, err := k.service.ChangeSeries(
		t.Context(),
		k.minato,
		s.ID,
		SeriesChange{Scope: Following, From: s.Bookings[1].ID, RoomID: &k.hall.B},
	)
	k.want("one day taken", err, ErrTaken)
	if got := k.stands(k.kita, s); !same(got, "A09", "A09", "A18", "A18", "A18", "A18") {
		t.Errorf("after a refused change: %v", got)
	}
	if _, err := k.service.CancelSeries(t.Context(), k.minato, s.ID, Following, s.Bookings[3].ID, ""); err != nil {
		t.Fatal(err)
	}
	if got := k.stands(k.kita, s); !same(got, "A09", "A09", "A18", "-", "-", "-") || k.overlaps()+k.astray() != 0 {
		t.Errorf("cancelled from the fourth on: %v", got)
	}
	_, err = k.service.ChangeSeries(
		t.Context(),
		k.minato,
		s.ID,
		SeriesChange{Scope: Following, From: s.Bookings[4].ID, RoomID: &k.hall.B},
	)
	k.want("from a day that was cancelled", err, ErrUnknown)
	_, err = k.service.ChangeSeries(t.Context(), k.chuo, s.ID, SeriesChange{Scope: AllDates, RoomID: &k.hall.B})
	k.want("by another town", err, ErrSeriesUnknown)
}

// Lender and borrower change the same series from here on at the same moment: both changes are
// there afterwards, on all the days that each named.
func TestChangesOfASeriesRace(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	ctx := context.WithoutCancel(t.Context())
	for range 4 {
		s := k.weekly(k.minato, k.hall.A, 9, 11)
		testkit.Together(func() {
			if _, err := k.service.ChangeSeries(
				ctx,
				k.minato,
				s.ID,
				SeriesChange{Scope: Following, From: s.Bookings[1].ID, RoomID: &k.hall.B},
			); err != nil {
				t.Error(err)
			}
		}, func() {
			if _, err := k.service.ChangeSeries(
				ctx,
				k.kita,
				s.ID,
				SeriesChange{
					Scope:  Following,
					From:   s.Bookings[3].ID,
					Starts: hour(14),
					Ends:   hour(16),
					Reason: "午前は点検のため",
				},
			); err != nil {
				t.Error(err)
			}
		})
		if got := k.stands(
			k.kita,
			s,
		); !same(got, "A09", "B09", "B09", "B14", "B14", "B14") ||
			k.overlaps()+k.astray() != 0 {
			t.Errorf("both changed: %v", got)
		}
		// One cancels the end while the other moves it.
		testkit.Together(func() {
			if _, err := k.service.CancelSeries(ctx, k.minato, s.ID, Following, s.Bookings[4].ID, ""); err != nil {
				t.Error(err)
			}
		}, func() {
			if _, err := k.service.ChangeSeries(
				ctx,
				k.kita,
				s.ID,
				SeriesChange{Scope: Following, From: s.Bookings[2].ID, RoomID: &k.hall.Whole, Reason: "B面は点検のため"},
			); err != nil {
				t.Error(err)
			}
		})
		if got := k.stands(
			k.kita,
			s,
		); !same(got, "A09", "B09", "W09", "W14", "-", "-") ||
			k.overlaps()+k.astray() != 0 {
			t.Errorf("cancelled and moved: %v", got)
		}
		if _, err := k.service.CancelSeries(ctx, k.kita, s.ID, AllDates, uuid.Nil, "次の回のため"); err != nil {
			t.Fatal(err)
		}
	}
}

// Two series want each other's rooms from here on: one of them or neither gets them, whole, and no
// day is in two places.
func TestSeriesRaceForEachOthersRooms(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	ctx := context.WithoutCancel(t.Context())
	x, y, z := k.weekly(
		k.minato,
		k.hall.A,
		9,
		11,
	), k.weekly(
		k.chuo,
		k.hall.B,
		9,
		11,
	), k.weekly(
		k.chuo,
		k.hall.Tea,
		9,
		11,
	)
	for range 4 {
		var mu sync.Mutex
		moved := 0
		move := func(by staff.Author, s Series, room uuid.UUID) func() {
			return func() {
				_, err := k.service.ChangeSeries(
					ctx,
					by,
					s.ID,
					SeriesChange{Scope: Following, From: s.Bookings[2].ID, RoomID: &room},
				)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					moved++
				} else {
					k.want("a room that is taken", err, ErrTaken)
				}
			}
		}
		// Two for the tea room's six hours of which one stands there already, and two for each
		// other's halves.
		testkit.Together(
			move(k.minato, x, k.hall.B),
			move(k.chuo, y, k.hall.A),
			move(k.minato, x, k.hall.Tea),
			move(k.chuo, y, k.hall.Tea),
		)
		if moved != 0 {
			t.Errorf("%d series moved to rooms that are taken", moved)
		}
		for _, s := range []Series{x, y, z} {
			got := k.stands(k.kita, s)
			for _, day := range got {
				if day != got[0] {
					t.Fatalf("a series stands half moved: %v", got)
				}
			}
		}
	}
	// And for a room that is free: one of them.
	if _, err := k.service.CancelSeries(ctx, k.chuo, z.ID, AllDates, uuid.Nil, ""); err != nil {
		t.Fatal(err)
	}
	won := make(chan string, 2)
	testkit.Together(func() {
		if _, err := k.service.ChangeSeries(
			ctx,
			k.minato,
			x.ID,
			SeriesChange{Scope: Following, From: x.Bookings[2].ID, RoomID: &k.hall.Tea},
		); err == nil {
			won <- "x"
		} else {
			k.want("too late", err, ErrTaken)
		}
	}, func() {
		if _, err := k.service.ChangeSeries(
			ctx,
			k.chuo,
			y.ID,
			SeriesChange{Scope: Following, From: y.Bookings[2].ID, RoomID: &k.hall.Tea},
		); err == nil {
			won <- "y"
		} else {
			k.want("too late", err, ErrTaken)
		}
	})
	first, second := k.stands(k.kita, x), k.stands(k.kita, y)
	if len(won) != 1 || k.overlaps()+k.astray() != 0 {
		t.Errorf("%d got the free room", len(won))
	}
	if who := <-won; who == "x" && !same(first, "A09", "A09", "T09", "T09", "T09", "T09") ||
		who == "y" && !same(second, "B09", "B09", "T09", "T09", "T09", "T09") {
		t.Errorf("%s moved: %v, %v", who, first, second)
	}
}

// capped lets two bookings of the hall a month.
const capped = `[{"who": "own", "opens_months": 12, "hold_days": 3}, {"who": "partners", "opens_months": 6,
	  "approvals": 1, "hold_days": 3, "cancel_days": 3, "month_cap": 2}]`

// Whoever asks at the same moment, from several desks of one town, has no more a month than the
// rule says.
func TestTheLastOfTheMonthsCapIsHadOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Terms: capped})
	ctx := context.WithoutCancel(t.Context())
	day := func(month time.Month, d int) Request {
		r := ask(k.hall.A, 9, 12)
		r.StartsAt, r.EndsAt = clock.NewDate(2026, month, d).At(9, 0), clock.NewDate(2026, month, d).At(12, 0)
		return r
	}
	later := func(d int) Request {
		r := day(12, d)
		r.StartsAt, r.EndsAt = clock.NewDate(2027, 1, d).At(9, 0), clock.NewDate(2027, 1, d).At(12, 0)
		return r
	}
	race := func(by staff.Author, requests []Request, moves []uuid.UUID) (had int) {
		var mu sync.Mutex
		var all []func()
		count := func(err error) {
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				had++
			} else {
				k.code("over the cap", err, venue.BookingCapped)
			}
		}
		for i, r := range requests {
			desk := by
			if i%2 > 0 { // somebody else of the same town, whose requests are not placed together with the others'
				desk.Actor = postgres.StaffActor(uuid.New())
			}
			all = append(all, func() { _, err := k.service.Place(ctx, desk, r); count(err) })
		}
		for i, id := range moves {
			to := clock.NewDate(2026, 12, 27+i)
			all = append(all, func() {
				_, err := k.service.Move(ctx, by, id, Move{StartsAt: new(to.At(9, 0)), EndsAt: new(to.At(12, 0))})
				count(err)
			})
		}
		testkit.Together(all...)
		return had
	}
	inDecember := func(by staff.Author) int {
		return k.number(
			`select count(*) from booking where borrower_id = $1 and status not in ('declined', 'cancelled', 'lapsed')
				and starts_at >= '2026-12-01 00:00+09' and starts_at < '2027-01-01 00:00+09'`,
			by.Organization,
		)
	}
	// One is had already; eight desks ask for the last.
	first := k.place(k.minato, day(12, 10))
	var all []Request
	for d := 11; d < 19; d++ {
		all = append(all, day(12, d))
	}
	if n := race(k.minato, all, nil); n != 1 || inDecember(k.minato) != 2 {
		t.Errorf("%d got the last of the cap, %d are had", n, inDecember(k.minato))
	}
	// The last is free again; some ask for a day, others move one of January there.
	k.must(k.service.Cancel(ctx, k.minato, first.ID, ""))
	moves := []uuid.UUID{k.place(k.minato, later(15)).ID, k.place(k.minato, later(16)).ID}
	if n := race(
		k.minato,
		[]Request{day(12, 20), day(12, 21), day(12, 22)},
		moves,
	); n != 1 ||
		inDecember(k.minato) != 2 {
		t.Errorf("%d got the last of the cap, %d are had", n, inDecember(k.minato))
	}
	// Another town has its own.
	k.place(k.chuo, day(12, 24))
	k.place(k.chuo, day(12, 25))
	_, err := k.service.Place(ctx, k.chuo, day(12, 26))
	k.code("over the cap", err, venue.BookingCapped)

	// Without the locks of the room, and with the way to the row taking a moment, the same desks
	// outrun the cap.
	k.exec("truncate booking cascade")
	k.exec("drop policy space_locked on space")
	k.exec(
		"create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return new; end $$",
	)
	k.exec("grant execute on function slow() to public")
	k.exec("create trigger slow before insert on booking for each row execute function slow()")
	if n := race(k.minato, all, nil); n <= 2 {
		t.Errorf("without locks %d were had: nothing here would notice", n)
	}
}
