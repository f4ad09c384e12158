package round

import (
	"strconv"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// killAt ends the connection that fires a trigger (as "after insert on x for each row") for the nth
// time, before it commits. It happens once.
func (k *kit) killAt(n int, trigger, condition string) {
	k.Helper()
	k.exec("create sequence if not exists kills")
	k.exec("select setval('kills', 1, false)")
	k.exec(
		`create or replace function kill() returns trigger language plpgsql security definer
			set search_path = public, pg_temp as $$
		begin
		  if nextval('kills') = tg_argv[0]::bigint
		  then perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(60); end if;
		  return null;
		end $$`,
	)
	k.exec("grant execute on function kill() to public")
	k.exec(
		"create trigger kill " + trigger + " for each row " + condition + " execute function kill('" + strconv.Itoa(
			n,
		) + "')",
	)
}

// gone waits until the killed transaction has let go of its rows.
func (k *kit) gone(tables ...string) {
	k.Helper()
	for _, table := range tables {
		k.exec("select from " + table + " for update")
	}
}

// A worker that is killed while it fixes a list or draws has done nothing of it, and the next one
// does it whole.
func TestAWorkerKilledInMidDraw(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15})
	r := k.open(k.wide())
	all, by := k.crowd(r.ID, 15)
	k.place(k.kita, ask(k.hall.Tea, 9, 10))
	before := k.number("select count(*) from booking")
	k.killAt(1, "after update of state on booking_round", "when (new.state = 'closed')")
	k.clock.Set(r.ClosesAt)
	if n, err := Run(t.Context(), k.db); n != 0 || err == nil {
		t.Fatalf("killed while it fixed the list: %d steps, %v", n, err)
	}
	k.gone("booking_round")
	if now, err := k.service.Get(
		t.Context(),
		r.ID,
	); err != nil || now.State != Open || now.List != "" ||
		now.Digest != "" {
		t.Errorf("half a list is left: %+v, %v", now, err)
	}
	k.run(1)
	k.exec("drop trigger kill on booking_round")
	fixed, err := k.service.Get(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}

	k.killAt(3, "after insert on booking_change", "when (new.kind = 'drawn')")
	k.clock.Set(r.DrawsAt)
	if n, err := Run(t.Context(), k.db); n != 0 || err == nil {
		t.Fatalf("killed in mid-draw: %d steps, %v", n, err)
	}
	k.gone("booking_round", "booking_application")
	if now, err := k.service.Get(
		t.Context(),
		r.ID,
	); err != nil || now.State != Closed || now.Seed != "" || now.List != fixed.List ||
		now.Digest != fixed.Digest {
		t.Errorf("half a draw is left: %+v, %v", now, err)
	}
	if n := k.number("select count(*) from booking"); n != before {
		t.Errorf("%d bookings of half a draw are left", n-before)
	}
	for i, a := range all {
		if now := k.application(
			by[i],
			a.ID,
		); now.Outcome != "" || now.BookingID != nil ||
			len(now.Wishes) != len(a.Wishes) {
			t.Errorf("an application is %+v", now)
		}
	}
	k.run(1)
	if states := k.settled(r.ID); states[Won] < 4 || states[""]+states[Lost] != 0 {
		t.Errorf("in the end: %v", states)
	}
	k.run(0)
}

// A worker that is killed while results lapse has ended some of them and not half of one; the next
// one ends the rest, and each is told once.
func TestAWorkerKilledInMidLapseOfARound(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	k.crowd(r.ID, 15)
	r = k.drawn(r)
	won := k.number("select count(*) from booking where status = 'held'")
	k.clock.Set(r.AcceptUntil)
	k.killAt(3, "after insert on booking_change", "when (new.kind = 'lapsed')")
	if n, err := booking.Lapse(t.Context(), k.db); n != 2 || err == nil {
		t.Fatalf("killed in mid-lapse: %d ended, %v", n, err)
	}
	k.gone("booking")
	if held := k.number(
		"select count(*) from booking where status = 'held'",
	); held != won-2 ||
		k.overlaps()+k.astray() != 0 {
		t.Errorf("%d of %d are still held, %d astray", held, won, k.astray())
	}
	if n, err := booking.Lapse(t.Context(), k.db); n != won-2 || err != nil {
		t.Errorf("the next worker ended %d, want %d; %v", n, won-2, err)
	}
	k.exec("drop trigger kill on booking_change")
	k.killAt(1, "after update of state on booking_round", "when (new.state = 'finished')")
	if n, err := Run(t.Context(), k.db); n != 0 || err == nil {
		t.Fatalf("killed while it ended the round: %d steps, %v", n, err)
	}
	k.gone("booking_round")
	b := k.place(k.minato, ask(k.hall.A, 20, 21)) // from the moment on, whether a worker came or not
	k.must(k.bookings.Cancel(t.Context(), k.minato, b.ID, ""))
	k.run(1)
	if n := k.number(
		"select count(*) from booking_change where kind = 'lapsed'",
	); n != won || k.number("select count(*) from occupancy") != 0 ||
		k.number("select count(*) from booking_round_space") != 0 {
		t.Errorf("%d of %d lapses told, or floor is still kept", n, won)
	}
}

// A worker that is killed while holds lapse has ended some of them, those who waited for these
// moved up, and the rest stands as before; the next one goes on.
func TestAWorkerKilledInMidLapse(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	var holds, line []booking.Booking
	for hour := 9; hour < 14; hour++ {
		holds = append(holds, k.place(k.minato, hold(k.hall.A, hour, hour+1)))
		line = append(line, k.place(k.chuo, queued(ask(k.hall.A, hour, hour+1))))
	}
	k.clock.Set(*holds[0].ExpiresAt)
	k.killAt(
		3,
		"after insert on booking_change",
		"when (new.kind = 'moved_up')",
	) // the third has lapsed and its floor is given on, in a transaction that never ends
	if n, err := booking.Lapse(t.Context(), k.db); n != 2 || err == nil {
		t.Fatalf("killed in mid-lapse: %d ended, %v", n, err)
	}
	k.gone("booking")
	count := func(all []booking.Booking, by staff.Author) map[booking.Status]int {
		m := map[booking.Status]int{}
		for _, b := range all {
			m[k.get(by, b.ID).Status]++
		}
		return m
	}
	if h, l := count(
		holds,
		k.minato,
	), count(
		line,
		k.chuo,
	); h[booking.Lapsed] != 2 || h[booking.Held] != 3 || l[booking.Requested] != 2 ||
		l[booking.Waiting] != 3 {
		t.Errorf("after the kill: holds %v, the line %v", h, l)
	}
	for i := range holds { // each hour is one or the other's
		if h, l := k.get(
			k.minato,
			holds[i].ID,
		).Status, k.get(
			k.chuo,
			line[i].ID,
		).Status; (h == booking.Lapsed) != (l == booking.Requested) {
			t.Errorf("the hold is %s, who waited %s", h, l)
		}
	}
	if n := k.overlaps() + k.astray(); n != 0 {
		t.Errorf("%d bookings overlap or stand astray", n)
	}
	if n, err := booking.Lapse(t.Context(), k.db); n != 3 || err != nil {
		t.Errorf("the next worker ended %d, %v", n, err)
	}
	if h, l := count(holds, k.minato), count(line, k.chuo); h[booking.Lapsed] != 5 || l[booking.Requested] != 5 {
		t.Errorf("in the end: holds %v, the line %v", h, l)
	}
	for kind, want := range map[string]int{"lapsed": 5, "moved_up": 5} {
		if n := k.number("select count(*) from booking_change where kind = $1", kind); n != want {
			t.Errorf("%s is told %d times", kind, n)
		}
	}
	if n := k.number("select count(*) from audit_entry where action = 'booking.lapsed'"); n != 5 {
		t.Errorf("%d lapses stand in the ledger", n)
	}
	if n, err := booking.Lapse(t.Context(), k.db); n != 0 || err != nil {
		t.Errorf("once more: %d, %v", n, err)
	}
}

// Clocks go back at times, and servers sleep: a round only goes forward, and what was handed in
// stays.
func TestClocksThatJump(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	mine := k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	state := func(want State) Round {
		t.Helper()
		now, err := k.service.Get(t.Context(), r.ID)
		if err != nil || now.State != want || now.Commitment != r.Commitment {
			t.Errorf("the round is %s, want %s; %v", now.State, want, err)
		}
		return now
	}
	refused := func(what string, want error) {
		t.Helper()
		_, err := k.service.Apply(
			t.Context(),
			k.chuo,
			ApplicationInput{RoundID: r.ID, Title: "会議", Wishes: []Wish{wanted(k.hall.B, 9, 12)}},
		)
		k.want(what, err, want)
	}
	k.clock.Set(r.OpensAt.Add(-1))
	refused("before it opens again", ErrNotOpen)
	k.run(0)
	k.clock.Set(r.ClosesAt.Add(-1))
	k.run(0)
	k.clock.Set(r.ClosesAt)
	refused("closed, and no worker has come yet", ErrNotOpen)
	k.run(1)
	fixed := state(Closed)
	k.clock.Set(r.OpensAt) // back
	refused("closed, by a clock that says open", ErrNotOpen)
	k.run(0)
	if now := state(Closed); now.List != fixed.List || now.Seed != "" {
		t.Error("the list was not kept, or the seed told")
	}
	k.clock.Set(r.DrawsAt.Add(-1))
	k.run(0)
	k.clock.Set(r.DrawsAt)
	k.run(1)
	drawn := state(Drawn)
	k.clock.Set(r.OpensAt) // back
	k.run(0)
	refused("drawn, by a clock that says open", ErrNotOpen)
	k.want("taken back after the draw", k.service.Withdraw(t.Context(), k.minato, mine.ID), ErrWithdrawLate)
	if now := state(Drawn); now.Seed != drawn.Seed || now.List != fixed.List {
		t.Error("seed or list changed")
	}
	if a, err := k.service.AcceptResult(t.Context(), k.minato, mine.ID); err != nil || a.Status != booking.Requested {
		t.Errorf("accepted: %+v, %v", a, err)
	}
	k.clock.Set(r.AcceptUntil)
	k.run(1)
	k.clock.Set(r.OpensAt) // back
	k.run(0)
	state(Finished)
	k.place(k.minato, ask(k.hall.B, 9, 12)) // first come, and stays so
	if a := k.application(
		k.minato,
		mine.ID,
	); a.Outcome != Won || a.Status != booking.Requested ||
		k.overlaps()+k.astray() != 0 {
		t.Errorf("in the end: %+v", a)
	}
}

// A worker that slept through everything does all steps in their order when it wakes.
func TestAWorkerThatSleptDoesAllSteps(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	k.crowd(r.ID, 9)
	k.clock.Set(clock.NewDate(2026, 12, 16).At(9, 0)) // the days of use have begun
	k.run(3)
	if states := k.settled(r.ID); states[Won] < 3 || states[""]+states[Lost] != 0 {
		t.Errorf("in the end: %v", states)
	}
	if n, err := booking.Lapse(
		t.Context(),
		k.db,
	); err != nil || n != 0 ||
		k.number(
			"select count(*) from booking where status = 'held' and expires_at > starts_at - interval '1 day'",
		) < 3 {
		t.Errorf("%d results ran out before they were known, %v", n, err)
	}
	if n := k.overlaps() + k.astray(); n != 0 {
		t.Errorf("%d bookings overlap or stand astray", n)
	}
}
