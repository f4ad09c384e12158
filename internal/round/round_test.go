package round

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// autumn is a round of the kit's hall: applications 1 to 5 December, drawn on the 6th, accepted
// until the 10th, for the 15th to the 31st.
func (k *kit) autumn() Input {
	day := func(d int) time.Time { return clock.NewDate(2026, 12, d).At(9, 0) }
	return Input{
		Name:            "12月後半の抽選",
		Rooms:           []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole},
		FirstDay:        clock.NewDate(2026, 12, 15),
		LastDay:         clock.NewDate(2026, 12, 31),
		OpensAt:         day(1),
		ClosesAt:        day(5),
		DrawsAt:         day(6),
		AcceptUntil:     day(10),
		ApplicationsMax: 3,
		WishesMax:       3,
	}
}

func (k *kit) open(in Input) Round {
	k.Helper()
	r, err := k.service.Create(k.Context(), k.kita, in)
	if err != nil {
		k.Fatal(err)
	}
	return r
}

func wanted(room uuid.UUID, from, to int) Wish {
	return Wish{RoomID: room, StartsAt: at(from, 0), EndsAt: at(to, 0)}
}

func (k *kit) apply(by staff.Author, round uuid.UUID, wishes ...Wish) Application {
	k.Helper()
	a, err := k.service.Apply(k.Context(), by, ApplicationInput{RoundID: round, Title: "ひみつの集まり", Wishes: wishes})
	if err != nil {
		k.Fatal(err)
	}
	return a
}

func (k *kit) run(want int) {
	k.Helper()
	n, err := Run(k.Context(), k.db)
	if err != nil || n != want {
		k.Fatalf("%d steps, %v; want %d", n, err, want)
	}
}

func (k *kit) application(by staff.Author, id uuid.UUID) Application {
	k.Helper()
	all, err := k.service.Applications(k.Context(), by.Organization, uuid.Nil)
	if err != nil {
		k.Fatal(err)
	}
	for _, a := range all {
		if a.ID == id {
			return a
		}
	}
	k.Fatal("the application is gone")
	return Application{}
}

func (k *kit) drawn(r Round) Round {
	k.Helper()
	k.clock.Set(r.ClosesAt)
	k.run(1)
	k.clock.Set(r.DrawsAt)
	k.run(1)
	r, err := k.service.Get(k.Context(), r.ID)
	if err != nil {
		k.Fatal(err)
	}
	return r
}

// From the opening to what is left.
func TestARoundFromOpeningToFirstCome(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	if r.State != Open || r.Commitment == (lottery.Digest{}) || r.Seed != "" || len(r.Rooms) != 3 {
		t.Fatalf("opened: %+v", r)
	}
	first := k.apply(k.minato, r.ID, wanted(k.hall.Whole, 9, 12))
	second := k.apply(k.chuo, r.ID, wanted(k.hall.A, 10, 12), wanted(k.hall.B, 13, 15))
	if _, err := k.bookings.Place(t.Context(), k.minato, ask(k.hall.A, 13, 15)); true {
		k.want("first come while it runs", err, booking.ErrKeptForRound)
	}
	k.place(k.minato, ask(k.hall.Tea, 13, 14)) // not of the round
	own := k.place(k.kita, ask(k.hall.B, 18, 20))
	if own.Status != booking.Confirmed {
		t.Errorf("the lender's own: %s", own.Status)
	}
	k.clock.Set(r.ClosesAt)
	k.run(1)
	if _, err := k.bookings.Place(t.Context(), k.kita, ask(k.hall.A, 18, 20)); true {
		k.want("the lender while the list is fixed", err, booking.ErrKeptForRound)
	}
	_, err := k.service.ChangeApplication(
		t.Context(),
		k.chuo,
		second.ID,
		ApplicationInput{Title: "遅い", Wishes: second.Wishes},
	)
	k.want("a change after the closing", err, ErrNotOpen)
	k.clock.Set(r.DrawsAt)
	k.run(1)
	r, err = k.service.Get(t.Context(), r.ID)
	if err != nil || r.State != Drawn || r.Seed == "" {
		t.Fatalf("drawn: %+v, %v", r, err)
	}
	if first = k.application(k.minato, first.ID); first.Outcome != Won && first.Outcome != NotDrawn {
		t.Errorf("first: %+v", first)
	}
	if second = k.application(k.chuo, second.ID); second.Outcome != Won { // A, or else B in the afternoon
		t.Fatalf("second: %+v", second)
	}
	k.want(
		"a round drawn",
		func() error { _, err := k.service.Cancel(t.Context(), k.kita, r.ID); return err }(),
		ErrDrawn,
	)
	k.want("a withdrawal after the draw", k.service.Withdraw(t.Context(), k.chuo, second.ID), ErrWithdrawLate)
	accepted, err := k.service.AcceptResult(t.Context(), k.chuo, second.ID)
	if err != nil || accepted.Status != booking.Requested {
		t.Errorf("accepted: %+v, %v", accepted, err)
	}
	k.clock.Set(r.AcceptUntil)
	if _, err := booking.Lapse(t.Context(), k.db); err != nil {
		t.Fatal(err)
	}
	k.run(1)
	if first.Outcome == Won {
		if first = k.application(k.minato, first.ID); first.Status != booking.Lapsed {
			t.Errorf("not accepted: %+v", first)
		}
	}
	k.place(k.minato, ask(k.hall.B, 9, 10))
	if n := k.overlaps() + k.astray(); n != 0 {
		t.Errorf("%d bookings overlap or stand astray", n)
	}
}
