package round

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// machine is a worker of its own with a clock of its own.
func (k *kit) machine(now time.Time) *postgres.DB {
	k.Helper()
	db := testkit.Open(k, postgres.Options{URL: k.url, Public: 1, Staff: 1, Worker: 3, Clock: clock.NewFake(now)})
	return db
}

// expected reports errors that are not refusals.
func (k *kit) expected(what string, err error) {
	if _, refusal := fault.As(err); err != nil && (!refusal || errors.Is(err, postgres.ErrUnavailable)) {
		k.Errorf("%s: %v", what, err)
	}
}

// crowd hands in n applications of three towns for times that get in each other's way.
func (k *kit) crowd(round uuid.UUID, n int) (all []Application, by []staff.Author) {
	k.Helper()
	rooms, towns := []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole}, []staff.Author{k.minato, k.chuo, k.kita}
	for i := range n {
		from := 9 + i*5%11
		by = append(by, towns[i%3])
		all = append(all, k.apply(by[i], round, wanted(rooms[i%3], from, from+1), wanted(rooms[(i+1)%3], from, from+2)))
	}
	return all, by
}

// wide is a round that takes many applications.
func (k *kit) wide() Input {
	in := k.autumn()
	in.ApplicationsMax = 10
	return in
}

// settled checks what must hold of a drawn round however it came about: no floor twice, every
// application in one state that its booking bears out, and all of it as anyone draws it again from
// what is published. It gives how many stand in each state.
func (k *kit) settled(id uuid.UUID) map[Outcome]int {
	k.Helper()
	if overlaps, astray := k.overlaps(), k.astray(); overlaps+astray != 0 {
		k.Errorf("%d bookings overlap, %d stand astray", overlaps, astray)
	}
	r, err := k.service.Get(context.WithoutCancel(k.Context()), id)
	if err != nil {
		k.Fatal(err)
	}
	rows, err := k.admin.Query(
		k.Context(),
		`select a.number, coalesce(a.outcome, ''), b.room_id, b.starts_at, b.ends_at, b.borrower_id = a.borrower_id
		from booking_application a left join booking b on b.id = a.booking_id where a.round_id = $1`,
		id,
	)
	if err != nil {
		k.Fatal(err)
	}
	defer rows.Close()
	again, booked, states := redrawn(
		[]byte(r.List),
		r.Seed,
		r.Withdrawn,
		r.Struck...), map[string]string{}, map[Outcome]int{}
	for rows.Next() {
		var number string
		var outcome Outcome
		var room *uuid.UUID
		var from, to *time.Time
		var own *bool
		if err := rows.Scan(&number, &outcome, &room, &from, &to, &own); err != nil {
			k.Fatal(err)
		}
		if states[outcome]++; outcome == NotValid {
			continue // not on the list
		}
		booked[number] = ""
		if room != nil {
			booked[number] = Wish{RoomID: *room, StartsAt: *from, EndsAt: *to}.Pool()
		}
		if (outcome == Won) != (room != nil) || own != nil && !*own || outcome == "" {
			k.Errorf("%s is %q, its booking %v", number, outcome, booked[number])
		}
	}
	if rows.Err() != nil {
		k.Fatal(rows.Err())
	}
	if !maps.Equal(again, booked) {
		k.Errorf("drawn again %v, booked %v", again, booked)
	}
	return states
}

// Several workers come to the same round at the same moment: the list is fixed once and lots are
// drawn once.
func TestWorkersDrawOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	k.crowd(r.ID, 12)
	for _, step := range []struct {
		at     time.Time
		action string
	}{{r.ClosesAt, "round.closed"}, {r.DrawsAt, "round.drawn"}, {r.AcceptUntil, "round.finished"}} {
		if n, problems := k.workers(3, step.at); n != 1 || len(problems) != 0 {
			t.Errorf("%s %d times, %v", step.action, n, problems)
		}
		if n := k.number(
			"select count(*) from audit_entry where action = $1 and subject_id = $2",
			step.action,
			r.ID,
		); n != 1 {
			t.Errorf("%s stands %d times in the ledger", step.action, n)
		}
		if step.at.Equal(r.DrawsAt) {
			if won := k.settled(r.ID)[Won]; won < 3 ||
				won != k.number("select count(*) from booking_change where kind = 'drawn'") ||
				won != k.number("select count(*) from booking") {
				t.Errorf("%d were drawn", won)
			}
		}
	}
}

// workers lets n machines run the rounds at one moment and gives the steps they did together.
func (k *kit) workers(n int, at time.Time) (steps int, problems []error) {
	k.Helper()
	var mu sync.Mutex
	all := make([]func(), n)
	for i := range all {
		db := k.machine(at)
		all[i] = func() {
			did, err := Run(k.Context(), db)
			mu.Lock()
			defer mu.Unlock()
			if steps += did; err != nil {
				problems = append(problems, err)
			}
		}
	}
	testkit.Together(all...)
	return steps, problems
}

// Without the lock, and with the look before it taking as long as a way through a network, the same
// workers draw more than once.
func TestTheLockIsWhatDrawsOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	k.crowd(r.ID, 6)
	k.exec(
		`create or replace function booking_round_lock(round uuid,
			state text) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
		declare due boolean;
		begin
		  due := exists (select from booking_round_due() d where d.round_id = $1 and d.state = $2);
		  perform pg_sleep(1);
		  return due;
		end $$`,
	)
	if n, problems := k.workers(3, r.ClosesAt); n == 1 && len(problems) == 0 {
		t.Error("without the lock three workers close a round once: nothing here would notice a missing lock")
	}
}

// Who takes an application back while lots are drawn is either not drawn, or told that it is too
// late; and the list says the same.
func TestWithdrawalsRaceTheDraw(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	all, by := k.crowd(r.ID, 15)
	k.clock.Set(r.ClosesAt)
	k.run(1)
	k.clock.Set(r.DrawsAt)
	// Somebody has the round in hand: all come and wait.
	tx, err := k.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), "select from booking_round where id = $1 for update", r.ID); err != nil {
		t.Fatal(err)
	}
	refused := make([]error, len(all))
	var group sync.WaitGroup
	withdraw := func(i int) {
		group.Go(func() { refused[i] = k.service.Withdraw(context.WithoutCancel(t.Context()), by[i], all[i].ID) })
	}
	worker := k.machine(r.DrawsAt)
	for i := range 4 {
		withdraw(i)
	}
	k.waiting(4)
	group.Go(func() {
		if n, err := Run(context.WithoutCancel(t.Context()), worker); n != 1 || err != nil {
			t.Errorf("%d steps, %v", n, err)
		}
	})
	k.waiting(5)
	for i := 4; i < 8; i++ {
		withdraw(i)
	}
	k.waiting(9)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	left := 0
	for i, a := range all {
		now := k.application(by[i], a.ID)
		switch withdrew := i < 8 && refused[i] == nil; {
		case withdrew != (now.Outcome == Withdrawn):
			t.Errorf("application %d was told %v and is %s", i, refused[i], now.Outcome)
		case withdrew:
			left++
		case i < 8:
			k.want("too late", refused[i], ErrWithdrawLate)
		}
	}
	if states := k.settled(r.ID); states[Withdrawn] != left || left == 0 || states[""] != 0 {
		t.Errorf("%d withdrew, the round says %v", left, states)
	}
}

// waiting returns when n of the program's connections wait for a lock.
func (k *kit) waiting(n int) {
	k.Helper()
	for mark := clock.Start(); mark.Elapsed() < time.Minute; {
		if k.number(
			`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
				and application_name like 'tonarimachi%'`,
		) >= n {
			return
		}
	}
	k.Fatalf("not %d wait for a lock", n)
}

// On the day of acceptance some machines' clocks say that it is over and others that it is not:
// what was accepted stays, what lapsed is not accepted any more.
func TestAcceptancesRaceTheLapse(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	all, by := k.crowd(r.ID, 18)
	r = k.drawn(r)
	k.clock.Set(r.AcceptUntil.Add(-time.Microsecond))
	ctx := context.WithoutCancel(t.Context())
	refused, won, todo := map[uuid.UUID]error{}, 0, []func(){}
	var mu sync.Mutex
	for i, a := range all {
		if k.application(by[i], a.ID).Outcome != Won {
			continue
		}
		won++
		for range 1 + won%2 {
			todo = append(todo, func() {
				_, err := k.service.AcceptResult(ctx, by[i], a.ID)
				mu.Lock()
				defer mu.Unlock()
				if earlier, told := refused[a.ID]; !told || earlier != nil {
					refused[a.ID] = err
				}
			})
		}
	}
	if won < 3 {
		t.Fatalf("%d were drawn: no race", won)
	}
	for range 2 {
		ahead := k.machine(r.AcceptUntil)
		todo = append(
			todo,
			func() { _, err := booking.Lapse(ctx, ahead); k.expected("lapse", err) },
			func() { _, err := Run(ctx, ahead); k.expected("finish", err) },
		)
	}
	testkit.Together(todo...)
	accepted := 0
	for i, a := range all {
		err, asked := refused[a.ID]
		if !asked {
			continue
		}
		if now := k.application(
			by[i],
			a.ID,
		); now.Outcome != Won || (err == nil) != (now.Status == booking.Requested || now.Status == booking.Confirmed) ||
			err != nil && now.Status != booking.Lapsed {
			t.Errorf("told %v, and it is %s, %s", err, now.Outcome, now.Status)
		}
		if err == nil {
			accepted++
		} else {
			k.want("a result that lapsed", err, booking.ErrStatus)
		}
	}
	if n := k.number("select count(*) from booking_change where kind = 'submitted'"); n != accepted {
		t.Errorf("%d were accepted, %d lines say so", accepted, n)
	}
	if n := k.number("select count(*) from booking_change where kind = 'lapsed'"); n != won-accepted {
		t.Errorf("%d of %d were accepted, %d lapsed", accepted, won, n)
	}
	if n := k.overlaps() + k.astray(); n != 0 {
		t.Errorf("%d bookings overlap or stand astray", n)
	}
}

// hands lets lender and partners book by hand what the round is about, for as long as do runs.
func (k *kit) hands(do func()) (placed int) {
	k.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(k.Context()))
	defer stop()
	var group sync.WaitGroup
	var mu sync.Mutex
	rooms, towns := []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole}, []staff.Author{k.kita, k.minato, k.kita, k.chuo}
	started := make(chan struct{}, len(towns))
	for w, by := range towns {
		group.Go(func() {
			for n := w; ctx.Err() == nil; n++ {
				b, err := k.bookings.Place(context.WithoutCancel(ctx), by, hold(rooms[n%3], 9+n%12, 10+n%12))
				if err == nil {
					mu.Lock()
					placed++
					mu.Unlock()
					_, err = k.bookings.Cancel(context.WithoutCancel(ctx), by, b.ID, "")
				}
				k.expected("by hand", err)
				if n == w {
					started <- struct{}{}
				}
			}
		})
	}
	for range towns {
		<-started
	}
	do()
	stop()
	group.Wait()
	return placed
}

// booking.Lender and partners book by hand while the list is fixed and lots are drawn: what the
// list says can be had is had, and nobody is booked twice.
func TestBookingByHandRacesTheRound(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 15})
	r := k.open(k.wide())
	k.crowd(r.ID, 18)
	worker := k.machine(r.ClosesAt)
	if n := k.hands(func() {
		if n, err := Run(k.Context(), worker); n != 1 || err != nil {
			t.Errorf("closed: %d steps, %v", n, err)
		}
	}); n == 0 {
		t.Error("nobody booked by hand before the list was fixed: no race")
	}
	k.clock.Set(r.ClosesAt)
	if n := k.hands(func() {}); n != 0 {
		t.Errorf("%d were booked by hand while the list is fixed", n)
	}
	worker = k.machine(r.DrawsAt)
	k.clock.Set(r.DrawsAt)
	k.hands(func() {
		if n, err := Run(k.Context(), worker); n != 1 || err != nil {
			t.Errorf("drawn: %d steps, %v", n, err)
		}
	})
	if states := k.settled(r.ID); states[Won] < 3 || states[Lost] != 0 || states[""] != 0 {
		t.Errorf("in the end: %v", states)
	}
}

// Without the trigger that keeps the floor somebody books between closing and draw, and who was
// drawn loses the room: the constraint alone keeps bookings apart.
func TestTheKeptFloorIsWhatKeepsTheListTrue(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.wide())
	k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	k.clock.Set(r.ClosesAt)
	k.run(1)
	k.exec("drop trigger occupancy_kept_for_round on occupancy")
	k.place(k.kita, ask(k.hall.Whole, 9, 12))
	k.clock.Set(r.DrawsAt)
	k.run(1)
	if states := k.settled(r.ID); states[Lost] != 1 {
		t.Errorf("in the end: %v", states)
	}
}

// Rounds for the same floor are announced at one moment: one of them stands.
func TestRoundsRaceForFloor(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	race := func() (opened int) {
		var mu sync.Mutex
		var all []func()
		for i, room := range []uuid.UUID{k.hall.A, k.hall.Whole, k.hall.A, k.hall.Whole, k.hall.A, k.hall.Whole} {
			in := k.autumn()
			in.Rooms, in.Name = []uuid.UUID{room}, fmt.Sprint("抽選", i)
			all = append(all, func() {
				_, err := k.service.Create(t.Context(), k.kita, in)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					opened++
				} else {
					k.want("another", err, ErrOverlaps)
				}
			})
		}
		testkit.Together(all...)
		return opened
	}
	if n := race(); n != 1 || k.number("select count(*) from booking_round") != 1 {
		t.Errorf("%d rounds were opened for the same floor", n)
	}
	k.exec("truncate booking_round cascade")
	k.exec("alter table booking_round_space drop constraint booking_round_space_no_overlap")
	if n := race(); n < 2 {
		t.Errorf("without the constraint %d rounds were opened: nothing here would notice", n)
	}
}
