package round

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestLateness(t *testing.T) {
	t.Parallel()
	due := clock.NewDate(2026, 12, 6).At(9, 0)
	for late, want := range map[time.Duration]time.Duration{
		0:                           0,
		time.Minute:                 0,
		10*time.Minute - 1:          0,
		10 * time.Minute:            15 * time.Minute,
		15 * time.Minute:            15 * time.Minute,
		15*time.Minute + 1:          30 * time.Minute,
		2*time.Hour + 7*time.Minute: 2*time.Hour + 15*time.Minute, 72 * time.Hour: 72 * time.Hour, -time.Hour: 0,
	} {
		if got := lateness(due, due.Add(late)); got != want {
			t.Errorf("drawn %v late: moved by %v, want %v", late, got, want)
		}
	}
}

// Who is drawn late has the time to answer that was promised, and what is left is first come from
// the moment that everybody reads.
func TestADrawThatIsLate(t *testing.T) {
	t.Parallel()
	day := clock.NewDate
	for _, c := range []struct {
		name  string
		drawn time.Time // due on the 6th at 9:00, with answers until the 10th at 9:00; the first day is the 15th
		until time.Time // of the round
		held  time.Time // of the result
	}{
		{"by minutes that are none", day(2026, 12, 6).At(9, 9), day(2026, 12, 10).At(9, 0), day(2026, 12, 10).At(9, 0)},
		{"by minutes", day(2026, 12, 6).At(9, 20), day(2026, 12, 10).At(9, 30), day(2026, 12, 10).At(9, 30)},
		{"by hours", day(2026, 12, 6).At(16, 10), day(2026, 12, 10).At(16, 15), day(2026, 12, 10).At(16, 15)},
		{
			"past the day of acceptance",
			day(2026, 12, 10).At(10, 0),
			day(2026, 12, 14).At(10, 0),
			day(2026, 12, 14).At(10, 0),
		},
		{
			"just before the first day",
			day(2026, 12, 14).At(23, 0),
			day(2026, 12, 15).At(0, 0),
			day(2026, 12, 18).At(23, 0),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := setup(t, testkit.HallOptions{})
			r := k.open(k.autumn())
			silent, answers := k.apply(
				k.minato,
				r.ID,
				wanted(k.hall.A, 9, 12),
			), k.apply(
				k.chuo,
				r.ID,
				wanted(k.hall.B, 9, 12),
			)
			k.clock.Set(c.drawn)
			k.run(2)
			now, err := k.service.Get(t.Context(), r.ID)
			if err != nil || now.State != Drawn || !now.AcceptUntil.Equal(c.until) ||
				!now.DrawsAt.Equal(r.DrawsAt) ||
				!now.DrawnAt.Equal(c.drawn) {
				t.Fatalf("the round: %+v, %v; want until %v", now, err, c.until)
			}
			if moved := c.until.After(
				r.AcceptUntil,
			); (now.Delayed() > 0) != moved ||
				now.OwnTimes() != !c.held.Equal(c.until) ||
				k.number(
					"select count(*) from audit_entry where action = 'round.drawn' and (detail ->> "+
						"'accept_until')::timestamptz = $1",
					c.until,
				) != map[bool]int{true: 1}[moved] {
				t.Errorf(
					"moved %v: delayed %v, own times %v, or the ledger is wrong",
					moved,
					now.Delayed(),
					now.OwnTimes(),
				)
			}
			for _, at := range []time.Time{c.drawn, c.held.Add(-time.Second)} {
				k.clock.Set(at)
				if n, err := booking.Lapse(t.Context(), k.db); n != 0 || err != nil {
					t.Errorf("at %v %d results lapsed, %v", at, n, err)
				}
			}
			for by, a := range map[*staff.Author]Application{&k.minato: silent, &k.chuo: answers} {
				if a = k.application(
					*by,
					a.ID,
				); a.Outcome != Won || a.Status != booking.Held || a.AnswerUntil == nil ||
					!a.AnswerUntil.Equal(c.held) {
					t.Errorf("drawn: %+v, want held until %v", a, c.held)
				}
			}
			k.clock.Set(c.until.Add(-time.Second))
			_, err = k.bookings.Place(t.Context(), k.minato, ask(k.hall.A, 18, 20))
			k.want("first come a second before", err, booking.ErrKeptForRound)
			k.clock.Set(c.until)
			k.place(k.minato, ask(k.hall.A, 18, 20))
			k.run(1)
			k.clock.Set(c.held.Add(-time.Second))
			if a, err := k.service.AcceptResult(
				t.Context(),
				k.chuo,
				answers.ID,
			); err != nil || a.Status != booking.Requested ||
				a.AnswerUntil != nil {
				t.Errorf("accepted in the last second: %+v, %v", a, err)
			}
			k.clock.Set(c.held)
			_, err = k.service.AcceptResult(t.Context(), k.minato, silent.ID)
			k.want("accepted too late", err, booking.ErrStatus)
			if n, err := booking.Lapse(t.Context(), k.db); n != 1 || err != nil {
				t.Errorf("%d lapsed, %v", n, err)
			}
			if a := k.application(k.minato, silent.ID); a.Status != booking.Lapsed || a.AnswerUntil != nil {
				t.Errorf("nobody answered: %+v", a)
			}
			k.settled(r.ID)
		})
	}
}

// Drawn when the days of use have begun: what has begun is struck, so that the next wish has its
// turn; the rest is first come at once, and each result waits for its answer as long as was
// promised, or until its own beginning.
func TestADrawAfterTheFirstDay(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	on := func(room uuid.UUID, d int) Wish {
		return Wish{
			RoomID:   room,
			StartsAt: clock.NewDate(2026, 12, d).At(9, 0),
			EndsAt:   clock.NewDate(2026, 12, d).At(12, 0),
		}
	}
	gone, second := k.apply(k.minato, r.ID, on(k.hall.A, 15)), k.apply(k.chuo, r.ID, on(k.hall.A, 15), on(k.hall.A, 17))
	late := k.apply(k.kita, r.ID, on(k.hall.B, 28))
	k.clock.Set(r.ClosesAt)
	k.run(1) // the list is fixed in time
	k.clock.Set(clock.NewDate(2026, 12, 16).At(9, 0))
	k.run(2)
	now, err := k.service.Get(t.Context(), r.ID)
	if err != nil || now.State != Finished || !now.AcceptUntil.Equal(r.FirstDay.Start()) || len(now.Struck) != 2 ||
		!now.OwnTimes() {
		t.Fatalf("the round: %+v, %v", now, err)
	}
	if n, err := booking.Lapse(t.Context(), k.db); n != 0 || err != nil {
		t.Errorf("%d results ran out before they were known, %v", n, err)
	}
	if a := k.application(k.minato, gone.ID); a.Outcome != Lost || a.Wishes[0].Dropped != venue.BookingPast {
		t.Errorf("its only wish has begun: %+v", a)
	}
	until := func(by staff.Author, a Application, want time.Time) {
		t.Helper()
		if a = k.application(by, a.ID); a.Outcome != Won || a.AnswerUntil == nil || !a.AnswerUntil.Equal(want) {
			t.Errorf("%+v, want drawn and held until %v", a, want)
		}
	}
	until(k.chuo, second, clock.NewDate(2026, 12, 17).At(9, 0)) // its own beginning
	until(k.kita, late, clock.NewDate(2026, 12, 20).At(9, 0))   // four days, as promised
	k.place(k.minato, ask(k.hall.A, 9, 12))
	if a, err := k.service.AcceptResult(t.Context(), k.kita, late.ID); err != nil || a.Status != booking.Confirmed {
		t.Errorf("accepted: %+v, %v", a, err)
	}
	k.settled(r.ID)
}

// The database moves that moment with the draw alone, and only to later.
func TestTheDayOfAcceptanceMovesWithTheDrawAlone(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	refused := func(what, shift, constraint string) {
		t.Helper()
		err := k.db.InWorker(t.Context(), func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(
				t.Context(),
				fmt.Sprintf(
					"select booking_round_tell(id, '{}', '{}', accept_until + interval '%s') from booking_round",
					shift,
				),
			)
			return err
		})
		if _, got := postgres.Constraint(err); got != constraint {
			t.Errorf("%s: %v, want %s", what, err, constraint)
		}
	}
	k.clock.Set(r.ClosesAt)
	k.run(1)
	refused("earlier, with the draw", "-1 minute", "booking_round_goes_forward")
	refused("past the first day", "30 days", "booking_round_order")
	k.clock.Set(r.DrawsAt)
	k.run(1)
	refused("later, once drawn", "1 minute", "booking_round_goes_forward")
}
