package round

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// A worker with one connection draws: nothing in a step asks for a second.
func TestRoundsRunOnOneConnection(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	k := setupOn(t, b, testkit.HallOptions{})
	k.db = testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 1, Staff: 1, Worker: 1, Clock: k.clock})
	r := k.open(k.autumn())
	k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // a step that waits for itself waits for ever
	defer cancel()
	for _, at := range []time.Time{r.ClosesAt, r.DrawsAt, r.AcceptUntil} {
		k.clock.Set(at)
		if n, err := Run(ctx, k.db); err != nil || n != 1 {
			t.Fatalf("%d steps, %v", n, err)
		}
	}
}

// Whoever stands in line does not get what a round keeps, in whosever transaction it comes free,
// and gets it when the round is called off.
func TestThoseInLineMoveUpWhenARoundIsCalledOff(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	given, declined := k.place(k.minato, hold(k.hall.A, 9, 12)), k.place(k.minato, hold(k.hall.B, 9, 12))
	first, second := k.place(k.chuo, queued(ask(k.hall.A, 9, 12))), k.place(k.chuo, queued(ask(k.hall.B, 9, 12)))
	r := k.open(k.autumn())
	k.must(k.bookings.Cancel(t.Context(), k.minato, given.ID, ""))
	k.must(k.bookings.Decline(t.Context(), k.kita, declined.ID, "都合により"))
	for _, b := range []booking.Booking{first, second} {
		if d := k.get(k.chuo, b.ID); d.Status != booking.Waiting {
			t.Errorf("during the round: %s", d.Status)
		}
	}
	for range 2 { // the second time does nothing
		if off, err := k.service.Cancel(t.Context(), k.kita, r.ID); err != nil || off.State != Cancelled {
			t.Fatalf("called off: %+v, %v", off, err)
		}
	}
	for _, b := range []booking.Booking{first, second} {
		if d := k.get(k.chuo, b.ID); d.Status != booking.Requested {
			t.Errorf("after it was called off: %s", d.Status)
		}
	}
	if n := k.number("select count(*) from audit_entry where action = 'round.cancelled'"); n != 1 {
		t.Errorf("the ledger has %d lines of it", n)
	}
	if n := k.overlaps() + k.astray(); n != 0 {
		t.Errorf("%d bookings overlap or stand astray", n)
	}
}

// What the rooms no longer allow is struck in public before anything is given, so that the next of
// the list has the floor.
func TestWhatWouldBeLostGoesToTheNextOfTheList(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	in := k.autumn()
	in.ApplicationsMax = 10
	r := k.open(in)
	many := 30
	var losing, winning []Application
	for hour := 9; hour < 19; hour++ { // ten times, so that chance would have to favour the same side ten times
		a, err := k.service.Apply(
			t.Context(),
			k.minato,
			ApplicationInput{
				RoundID: r.ID,
				Title:   "大人数の会",
				People:  &many,
				Wishes:  []Wish{wanted(k.hall.A, hour, hour+1), wanted(k.hall.B, hour, hour+1)},
			},
		)
		if err != nil {
			t.Fatal(err)
		}
		losing = append(losing, a)
		winning = append(winning, k.apply(k.chuo, r.ID, wanted(k.hall.A, hour, hour+1)))
	}
	k.clock.Set(r.ClosesAt)
	k.run(1)
	k.exec("update room set capacity = 10 where id = $1", k.hall.A)
	k.exec(
		"insert into closure (organization_id, facility_id, room_id, span, reason) values ($1, $2, $3, tstzrange($4, "+
			"$5), '床の工事')",
		k.kita.Organization,
		k.hall.FacilityID,
		k.hall.B,
		at(9, 0),
		at(12, 0),
	)
	k.clock.Set(r.DrawsAt)
	k.run(1)
	r, err := k.service.Get(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	for i := range losing {
		lost, won := k.application(k.minato, losing[i].ID), k.application(k.chuo, winning[i].ID)
		want := Won // by the second wish
		if i < 3 {
			want = Lost
		}
		if lost.Outcome != want || lost.Wishes[0].Dropped != "room_changed" ||
			(lost.Wishes[1].Dropped == "") != (i >= 3) {
			t.Errorf("hour %d, too many for the room by now: %+v", 9+i, lost)
		}
		if won.Outcome != Won {
			t.Errorf("hour %d, the next of the list: %+v", 9+i, won)
		}
	}
	entries, err := r.Entries()
	if err != nil || len(entries) != 20 || len(r.Struck) != 13 {
		t.Fatalf("%d entries, %d struck, %v", len(entries), len(r.Struck), err)
	}
	given := 0
	for _, e := range entries {
		if e.Pool != "" {
			given++
		}
	}
	if given != 17 {
		t.Errorf("drawn again, %d have a room; want 17", given)
	}
}

func TestAResultIsNotDeclinedAfterItLapsed(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	a := k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	other := k.apply(k.chuo, r.ID, wanted(k.hall.B, 9, 12))
	r = k.drawn(r)
	if d, err := k.service.DeclineResult(t.Context(), k.chuo, other.ID); err != nil || d.Status != booking.Cancelled {
		t.Errorf("in time: %+v, %v", d, err)
	}
	k.clock.Set(r.AcceptUntil)
	_, err := k.service.DeclineResult(t.Context(), k.minato, a.ID)
	k.want("declined too late", err, booking.ErrStatus)
	_, err = k.service.AcceptResult(t.Context(), k.minato, a.ID)
	k.want("accepted too late", err, booking.ErrStatus)
}

// Everybody sees that a room is kept for a round, and nobody sees whose wishes are in it.
func TestAvailabilityAndSearchShowWhatIsKeptForARound(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 15})
	in := k.autumn()
	in.Rooms = []uuid.UUID{k.hall.A}
	r := k.open(in)
	state := func(asker, room uuid.UUID, d int) (board.State, []board.KeptSpan) {
		t.Helper()
		day := clock.NewDate(2026, 12, d)
		a, err := k.board.Availability(t.Context(), asker, room, day.Start(), day.AddDays(1).Start())
		if err != nil || len(a.Busy) != 0 {
			t.Fatalf("%+v, %v", a, err)
		}
		return a.Days[0].Blocks[0].State, a.Kept
	}
	found := func() map[uuid.UUID]bool {
		t.Helper()
		page, err := k.board.Free(t.Context(), board.FreeQuery{StartsAt: at(10, 0), EndsAt: at(11, 0), Capacity: 1})
		if err != nil {
			t.Fatal(err)
		}
		all := map[uuid.UUID]bool{}
		for _, f := range page.Items {
			all[f.Room.ID] = true
		}
		return all
	}
	kept := func(when string, asker, room uuid.UUID, want bool) {
		t.Helper()
		got, spans := state(asker, room, 20)
		if (got == board.ByLot) != want || (len(spans) == 1 && spans[0].Round == r.ID) != want ||
			!want && got != board.Free {
			t.Errorf("%s: %s, %v", when, got, spans)
		}
	}
	everyone := uuid.Nil
	kept("to the public", everyone, k.hall.A, true)
	kept("to a partner", k.minato.Organization, k.hall.A, true)
	kept("to the lender", k.kita.Organization, k.hall.A, false)
	kept("the whole, whose half it is", everyone, k.hall.Whole, true)
	kept("the other half", everyone, k.hall.B, false)
	if got, spans := state(everyone, k.hall.A, 14); got != board.Free || len(spans) != 0 {
		t.Errorf("the day before the period: %s, %v", got, spans)
	}
	if f := found(); f[k.hall.A] || f[k.hall.Whole] || !f[k.hall.B] || !f[k.hall.Tea] {
		t.Errorf("found while it runs: %v", f)
	}
	k.clock.Set(r.ClosesAt)
	k.run(1)
	kept("to the lender while the list is fixed", k.kita.Organization, k.hall.A, true)
	k.clock.Set(r.DrawsAt)
	k.run(1)
	kept("until results are accepted", everyone, k.hall.A, true)
	k.clock.Set(r.AcceptUntil)
	kept("before the job has come round", everyone, k.hall.A, false)
	if f := found(); !f[k.hall.A] || !f[k.hall.Whole] {
		t.Errorf("found after it: %v", f)
	}
}

func TestARoundChangesUntilApplicationsOpen(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	in := k.autumn()
	in.OpensAt = clock.NewDate(2026, 12, 2).At(9, 0)
	r := k.open(in)
	name, later, past, wishes := "年末の抽選", clock.NewDate(2026, 12, 7).At(9, 0), clock.NewDate(2026, 11, 30).At(9, 0), 5
	change := func(by staff.Author, c Change) (Round, error) { return k.service.Change(t.Context(), by, r.ID, c) }
	changed, err := change(k.kita, Change{Name: &name, DrawsAt: &later, WishesMax: &wishes})
	if err != nil || changed.Name != name || !changed.DrawsAt.Equal(later) || changed.WishesMax != wishes ||
		changed.Commitment != r.Commitment {
		t.Fatalf("changed: %+v, %v", changed, err)
	}
	_, err = change(k.minato, Change{Name: &name})
	k.want("another's", err, ErrUnknown)
	_, err = change(k.kita, Change{ClosesAt: &past})
	k.code("before it opens", err, "round_invalid")
	k.clock.Set(r.OpensAt)
	_, err = change(k.kita, Change{DrawsAt: &r.DrawsAt})
	k.want("a moment after the opening", err, ErrBegun)
	k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	if _, n, err := k.service.GetOwn(t.Context(), k.kita.Organization, r.ID); err != nil || n != 1 {
		t.Errorf("%d applications, %v", n, err)
	}
	_, _, err = k.service.GetOwn(t.Context(), k.minato.Organization, r.ID)
	k.want("another's count", err, ErrUnknown)
	note := "会場の下見は5日です。"
	if changed, err = change(k.kita, Change{Note: &note}); err != nil || changed.Note != note {
		t.Errorf("words after the opening: %+v, %v", changed, err)
	}
	if _, err := k.service.Cancel(t.Context(), k.kita, r.ID); err != nil {
		t.Fatal(err)
	}
	_, err = change(k.kita, Change{Note: &note})
	k.want("called off", err, ErrOver)
}

func TestRoundsArePaged(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	in := k.autumn()
	var want []uuid.UUID
	for _, room := range []uuid.UUID{k.hall.A, k.hall.B, k.hall.Tea} {
		in.Rooms = []uuid.UUID{room}
		want = append([]uuid.UUID{k.open(in).ID}, want...)
		k.clock.Advance(time.Minute)
	}
	var got []uuid.UUID
	f := Filter{Lender: k.kita.Organization, Current: true, Limit: 1}
	for {
		page, err := k.service.List(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			got = append(got, r.ID)
		}
		if f.After = page.Next; f.After == nil {
			break
		}
	}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("%v, want %v", got, want)
	}
	for _, f := range []Filter{{Lender: k.minato.Organization}, {Room: k.hall.Whole}} {
		if page, err := k.service.List(t.Context(), f); err != nil || len(page.Items) != 0 {
			t.Errorf("%+v: %d, %v", f, len(page.Items), err)
		}
	}
	if page, err := k.service.List(
		t.Context(),
		Filter{Room: k.hall.Tea},
	); err != nil || len(page.Items) != 1 ||
		page.Items[0].ID != want[0] {
		t.Errorf("of a room: %+v, %v", page, err)
	}
}
