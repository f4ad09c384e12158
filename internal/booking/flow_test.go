package booking

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestFromHoldToPermit(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 30, Clearing: 30})
	r := hold(k.hall.A, 13, 16)
	r.ExemptionClass, r.ExemptionReason = "welfare", "ひきこもり支援の催しのため"
	b := k.place(k.minato, r)
	if b.Status != Held || b.ExpiresAt == nil || *b.FeeYen != 2400 || b.Room.Name != "ホールA面" ||
		b.Lender.Slug != "kita" ||
		b.Exemption.State != Asked {
		t.Errorf("the hold is %+v", b)
	}
	if until := clock.NewDate(2026, 12, 5).Start(); !b.ExpiresAt.Equal(until) {
		t.Errorf("the hold ends at %v, want %v", b.ExpiresAt, until)
	}
	for _, by := range []staff.Author{k.kita, k.minato} {
		if d := k.get(by, b.ID); d.Title != r.Title || len(d.History) != 1 || d.History[0].Kind != "placed" {
			t.Errorf("a party reads %+v", d)
		}
	}
	for _, by := range []staff.Author{k.chuo, k.nishi} {
		_, err := k.service.Get(t.Context(), by.Organization, b.ID)
		k.want("a third town reads", err, ErrUnknown)
		_, err = k.service.Cancel(t.Context(), by, b.ID, "x")
		k.want("a third town cancels", err, ErrUnknown)
	}
	_, err := k.service.Submit(t.Context(), k.kita, b.ID)
	k.want("the lender submits", err, ErrSide)
	_, err = k.service.Approve(t.Context(), k.kita, b.ID, "")
	k.want("a hold approved", err, ErrStatus)
	if d := k.must(k.service.Submit(t.Context(), k.minato, b.ID)); d.Status != Requested || d.ExpiresAt != nil {
		t.Errorf("submitted: %+v", d.Booking)
	}
	_, err = k.service.Approve(t.Context(), k.minato, b.ID, "")
	k.want("the borrower approves", err, ErrSide)
	_, err = k.service.Confirm(t.Context(), k.minato, b.ID)
	k.want("confirmed before it is approved", err, ErrStatus)
	_, err = k.service.Permit(t.Context(), k.minato.Organization, b.ID)
	k.want("a permit before it is confirmed", err, ErrNoPermit)
	_, err = k.service.DecideExemption(t.Context(), k.kita, b.ID, true, "  ")
	k.want("an exemption without a reason", err, ErrReason)
	_, err = k.service.DecideExemption(t.Context(), k.minato, b.ID, true, "自分で")
	k.want("an exemption granted to oneself", err, ErrSide)
	if d := k.must(
		k.service.DecideExemption(t.Context(), k.kita, b.ID, true, "福祉の催しと認める"),
	); *d.DueYen() != 1200 ||
		*d.FeeYen != 2400 {
		t.Errorf("to pay %v of %v", *d.DueYen(), *d.FeeYen)
	}
	_, err = k.service.DecideExemption(t.Context(), k.kita, b.ID, false, "やはり")
	k.want("decided twice", err, ErrExemption)
	if d := k.must(
		k.service.Approve(t.Context(), k.kita, b.ID, "ピアノは使えません。"),
	); d.Status != Approved ||
		d.Conditions == "" {
		t.Errorf("approved: %+v", d.Booking)
	}
	d := k.must(k.service.Confirm(t.Context(), k.minato, b.ID))
	if d.Status != Confirmed || d.PermitNumber == "" {
		t.Errorf("confirmed: %+v", d.Booking)
	}
	k.must(k.service.AddNote(t.Context(), k.kita, b.ID, "鍵は1階でお渡しします。"))
	k.clock.Advance(time.Minute)
	d = k.must(k.service.AddNote(t.Context(), k.minato, b.ID, "わかりました。\nありがとうございます。"))
	if len(d.Notes) != 2 || d.Notes[0].By.Slug != "kita" || d.Notes[1].By.Slug != "minato" {
		t.Errorf("notes: %+v", d.Notes)
	}
	heard, err := k.service.Changes(t.Context(), k.minato.Organization, ChangeQuery{})
	if err != nil || len(heard.Items) != 3 { // exemption, approval, note
		t.Errorf("minato hears %+v, %v", heard, err)
	}
	k.clock.Set(d.EndsAt)
	if n, err := Lapse(t.Context(), k.db); err != nil || n != 1 {
		t.Errorf("%d finished, %v", n, err)
	}
	if d := k.get(k.kita, b.ID); d.Status != Done {
		t.Errorf("in the end it is %s", d.Status)
	}
	if n := k.number("select count(*) from audit_entry where subject_id = $1", b.ID); n != 7 {
		t.Errorf("%d lines in the ledgers, want 7", n)
	}
	if k.astray() != 0 {
		t.Error("floor and state part")
	}
}

func TestOwnRoomIsConfirmedAtOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	b := k.place(k.kita, ask(k.hall.Tea, 9, 12))
	if b.Status != Confirmed || b.PermitNumber == "" {
		t.Errorf("it is %s", b.Status)
	}
	_, err := k.service.Place(t.Context(), k.minato, ask(k.hall.Tea, 11, 13))
	k.want("a neighbour's request", err, ErrTaken)
	if n := k.number("select count(*) from booking"); n != 1 {
		t.Errorf("%d bookings", n)
	}
	k.place(k.minato, ask(k.hall.Tea, 12, 14)) // [) spans touch
}

func TestTwoStepsTakeTwoMembers(t *testing.T) {
	t.Parallel()
	k := setup(
		t,
		testkit.HallOptions{Terms: `[{"who": "partners", "opens_months": 6, "approvals": 2, "cancel_days": 3}]`},
	)
	b := k.place(k.minato, ask(k.hall.A, 9, 12))
	if d := k.must(k.service.Approve(t.Context(), k.kita, b.ID, "")); d.Status != Requested || d.Approvals != 1 {
		t.Errorf("after one step: %+v", d.Booking)
	}
	_, err := k.service.Approve(t.Context(), k.kita, b.ID, "")
	k.want("the same member again", err, ErrSecondPerson)
	if d := k.must(k.service.Approve(t.Context(), k.second, b.ID, "")); d.Status != Approved {
		t.Errorf("after two steps: %s", d.Status)
	}
	k.must(k.service.Confirm(t.Context(), k.minato, b.ID))
	d := k.must(k.service.Move(t.Context(), k.minato, b.ID, Move{StartsAt: new(at(10, 0))}))
	if d.Status != Requested || d.Approvals != 0 || d.PermitNumber != "" || !d.EndsAt.Equal(at(13, 0)) {
		t.Errorf("moved by its borrower: %+v", d.Booking)
	}
	k.must(k.service.Approve(t.Context(), k.second, b.ID, ""))
	k.must(k.service.Approve(t.Context(), k.kita, b.ID, ""))
	k.must(k.service.Confirm(t.Context(), k.minato, b.ID))
	if d := k.must(
		k.service.Move(t.Context(), k.kita, b.ID, Move{RoomID: &k.hall.B, Reason: "A面の照明が直りません"}),
	); d.Status != Confirmed ||
		d.Room.ID != k.hall.B {
		t.Errorf("moved by its lender: %+v", d.Booking)
	}
	_, err = k.service.Place(t.Context(), k.minato, hold(k.hall.A, 9, 12))
	k.want("a hold where there is none", err, ErrNoHolds)
	_, err = k.service.Place(t.Context(), k.kita, ask(k.hall.A, 9, 12))
	k.want("one with no term", err, board.ErrNotOpenToYou)
}

func TestQueueMovesUp(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	first := k.place(k.minato, hold(k.hall.A, 9, 12))
	whole := k.place(k.chuo, queued(ask(k.hall.Whole, 10, 11))) // needs B as well
	half := k.place(k.chuo, queued(hold(k.hall.A, 10, 13)))
	late := k.place(k.kita, queued(ask(k.hall.A, 9, 10)))
	for _, b := range []Booking{whole, half, late} {
		if b.Status != Waiting {
			t.Errorf("it is %s", b.Status)
		}
	}
	_, err := k.service.Place(t.Context(), k.chuo, ask(k.hall.A, 9, 12))
	k.want("one that does not wait", err, ErrTaken)
	if d := k.get(k.minato, first.ID); d.Behind != 3 || d.Ahead != 0 {
		t.Errorf("the hold: %d ahead, %d behind", d.Ahead, d.Behind)
	}
	if d := k.get(k.chuo, half.ID); d.Ahead != 1 { // late waits for another hour
		t.Errorf("the second in the line: %d ahead, %d behind", d.Ahead, d.Behind)
	}
	k.must(k.service.Cancel(t.Context(), k.minato, first.ID, ""))
	for id, want := range map[uuid.UUID]Status{
		whole.ID: Requested,
		half.ID:  Waiting,
		late.ID:  Approved,
		first.ID: Cancelled,
	} {
		if d := k.get(k.kita, id); d.Status != want {
			t.Errorf("%s is %s, want %s", d.Room.Name, d.Status, want)
		}
	}
	k.must(k.service.Decline(t.Context(), k.kita, whole.ID, "催しと重なるため"))
	if d := k.get(k.chuo, half.ID); d.Status != Held || d.ExpiresAt == nil || !d.ExpiresAt.After(k.clock.Now()) {
		t.Errorf("the hold that moved up ends at %v", d.ExpiresAt)
	}
	if k.overlaps() != 0 || k.astray() != 0 {
		t.Errorf("%d overlaps, %d astray", k.overlaps(), k.astray())
	}
}

func TestHoldsLapseOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	var holds []Booking
	for hour := 9; hour < 19; hour++ {
		holds = append(holds, k.place(k.minato, hold(k.hall.A, hour, hour+1)))
		k.place(k.chuo, queued(ask(k.hall.A, hour, hour+1)))
	}
	k.clock.Set(holds[0].ExpiresAt.Add(-time.Second))
	if n, err := Lapse(t.Context(), k.db); n != 0 || err != nil {
		t.Errorf("%d lapsed before their time, %v", n, err)
	}
	k.clock.Set(*holds[0].ExpiresAt)
	_, err := k.service.Submit(t.Context(), k.minato, holds[0].ID)
	k.want("a hold that ran out", err, ErrStatus)
	counts := make(chan int, 4)
	for range 4 {
		go func() {
			n, err := Lapse(t.Context(), k.db)
			if err != nil {
				t.Error(err)
			}
			counts <- n
		}()
	}
	total := 0
	for range 4 {
		total += <-counts
	}
	if total != len(holds) {
		t.Errorf("%d lapsed, want %d", total, len(holds))
	}
	if n := k.number("select count(*) from booking_change where kind = 'lapsed'"); n != len(holds) {
		t.Errorf("%d lapses told", n)
	}
	if n := k.number("select count(*) from booking where status = 'requested'"); n != len(holds) {
		t.Errorf("%d moved up", n)
	}
	k.clock.Set(at(21, 0))
	if n, err := Lapse(t.Context(), k.db); n != len(holds) || err != nil {
		t.Errorf("%d undecided requests lapsed, %v", n, err)
	}
	if n := k.number("select count(*) from occupancy"); n != 0 {
		t.Errorf("%d pieces of floor are still taken", n)
	}
}

func TestCancellationHasADeadline(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	b := k.place(k.minato, ask(k.hall.A, 9, 12))
	k.must(k.service.Approve(t.Context(), k.kita, b.ID, ""))
	k.clock.Set(clock.NewDate(2026, 12, 18).Start()) // three days before is the last day
	_, err := k.service.Cancel(t.Context(), k.minato, b.ID, "")
	k.want("too late", err, ErrCancelLate)
	_, err = k.service.Cancel(t.Context(), k.kita, b.ID, " ")
	k.want("the lender without a reason", err, ErrReason)
	if d := k.must(k.service.Cancel(t.Context(), k.kita, b.ID, "停電のため")); d.Status != Cancelled {
		t.Errorf("it is %s", d.Status)
	}
	_, err = k.service.Cancel(t.Context(), k.kita, b.ID, "停電のため")
	k.want("cancelled twice", err, ErrStatus)
}

func TestSwap(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 15})
	a := k.place(k.minato, ask(k.hall.A, 9, 12))
	b := k.place(k.chuo, ask(k.hall.Whole, 13, 16))
	_, _, err := k.service.Swap(t.Context(), k.minato, a.ID, b.ID, "")
	k.want("with another town's booking", err, ErrUnknown)
	x, y, err := k.service.Swap(t.Context(), k.kita, a.ID, b.ID, "照明の工事のため")
	if err != nil || x.Room.ID != k.hall.Whole || !x.StartsAt.Equal(at(13, 0)) || y.Room.ID != k.hall.A ||
		!y.StartsAt.Equal(at(9, 0)) {
		t.Errorf("swapped: %+v, %+v, %v", x.Booking, y.Booking, err)
	}
	// A booking whose own clearing does not fit there keeps both where they are.
	long := ask(k.hall.B, 18, 19)
	long.ClearingMinutes = 120
	c, d := k.place(k.minato, long), k.place(k.minato, ask(k.hall.Tea, 9, 12))
	k.place(k.kita, ask(k.hall.Tea, 13, 14))
	_, _, err = k.service.Swap(t.Context(), k.kita, c.ID, d.ID, "")
	k.want("in the way", err, ErrTaken)
	if stood := k.get(k.kita, d.ID); stood.Room.ID != k.hall.Tea || stood.Version != 1 {
		t.Errorf("after a refused swap: %+v", stood.Booking)
	}
	if k.overlaps() != 0 || k.astray() != 0 {
		t.Errorf("%d overlaps, %d astray", k.overlaps(), k.astray())
	}
	_, _, err = k.service.Swap(t.Context(), k.kita, a.ID, a.ID, "")
	k.want("with itself", err, ErrSwap)
}

func TestNoise(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]error{"forbid": board.ErrNoise, "warn": nil} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			k := setup(t, testkit.HallOptions{Noise: rule})
			quiet := ask(k.hall.A, 9, 12)
			quiet.Noise = venue.Quiet
			k.place(k.minato, quiet)
			drums := ask(k.hall.B, 11, 13)
			drums.Noise = venue.Loud
			b, err := k.service.Place(t.Context(), k.kita, drums)
			k.want("drums beside a consultation", err, want)
			if want == nil {
				if d := k.get(k.kita, b.ID); len(d.Clashes) != 1 || d.Clashes[0].ID != k.hall.A {
					t.Errorf("warned of %+v", d.Clashes)
				}
				return
			}
			drums.StartsAt, drums.EndsAt = at(12, 0), at(13, 0)
			b = k.place(k.kita, drums)
			_, err = k.service.Move(t.Context(), k.kita, b.ID, Move{StartsAt: new(at(11, 0))})
			k.want("moved beside it", err, board.ErrNoise)
		})
	}
}
