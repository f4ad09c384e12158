package ticket

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// line is a full event whose parts have a waiting list.
func (k *kit) line(t testing.TB, capacities ...int) testkit.Event {
	t.Helper()
	var o testkit.EventOptions
	for _, c := range capacities {
		o.Parts = append(o.Parts, testkit.PartOptions{Quotas: []testkit.QuotaOptions{{Capacity: c}}})
	}
	e := k.event(t, o)
	k.exec(t, "update part set waiting_list = true where event_id = $1", e.ID)
	return e
}

func waitFor(e testkit.Event, seats int, reach Reach) Request {
	r := ask(e, seats)
	r.Wait = reach
	return r
}

func (k *kit) status(t testing.TB, code secret.Ticket) Status {
	t.Helper()
	got, err := k.service.Look(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	return got.Status
}

func (k *kit) cancel(t testing.TB, code secret.Ticket) {
	t.Helper()
	if _, err := k.service.Cancel(t.Context(), code); err != nil {
		t.Fatal(err)
	}
}

// The seats a ticket may have can become fewer between the refusal of a seat and the wait [C7].
func TestWhoAsksForTooManySeatsHearsHowManyThereMayBe(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 3)
	k.exec(t, "update quota set max_seats = 2 where id = $1", e.Quota())
	r := waitFor(e, 3, WaitQuota)
	r.Secret = newSecret(t)
	a := k.attempt(t, r)
	got, err := k.service.store.wait(t.Context(), a)
	if err == nil {
		_, err = k.service.settle(t.Context(), a, got)
	}
	wantError(t, "three seats where two are the most", err, ErrTooManySeats)
	refusal, ok := fault.As(err)
	if !ok || refusal.Params["max"] != 2 {
		t.Errorf("the most is not told: %+v", refusal)
	}
	if len(refusal.Fields) != 1 || refusal.Fields[0].Code != "too_large" || refusal.Fields[0].Params["max"] != 2 {
		t.Errorf("the field is told %+v", refusal.Fields)
	}
}

func TestGroupsLargerThanTheQuotaDoNotWait(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 3)
	k.take(t, ask(e, 3))
	_, _, err := k.service.Take(t.Context(), waitFor(e, 4, WaitQuota))
	wantError(t, "a group of four for three seats", err, ErrFull)
	_, _, err = k.service.Take(t.Context(), ask(e, 1))
	wantError(t, "without wishing to wait", err, ErrFull)
	_, _, err = k.service.Take(t.Context(), waitFor(e, 1, "somewhere"))
	wantError(t, "an unknown reach", err, ErrReach)
	k.exec(t, "update part set waiting_list = false")
	_, _, err = k.service.Take(t.Context(), waitFor(e, 1, WaitQuota))
	wantError(t, "no list", err, ErrNoList)
}

func TestFreedSeatsGoToTheLine(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 4)
	two, _ := k.take(t, ask(e, 2))
	other, _ := k.take(t, ask(e, 2))
	group, waiting := k.take(t, waitFor(e, 3, WaitQuota))
	single, _ := k.take(t, waitFor(e, 1, WaitQuota))
	pair, _ := k.take(t, waitFor(e, 2, WaitQuota))
	if waiting.Status != Waiting || waiting.WaitsUntil == nil ||
		!waiting.WaitsUntil.Equal(e.StartsAt.Add(-24*time.Hour)) {
		t.Fatalf("waiting ticket = %+v", waiting)
	}
	// Two seats come free: the group of three keeps its place, the single behind it fits, the pair
	// no longer does.
	k.cancel(t, two)
	if g, s, p := k.status(
		t,
		group,
	), k.status(
		t,
		single,
	), k.status(
		t,
		pair,
	); g != Waiting || s != Confirmed ||
		p != Waiting {
		t.Errorf("group %s, single %s, pair %s", g, s, p)
	}
	// Two more make three: now the group is served.
	k.cancel(t, other)
	if g, p := k.status(t, group), k.status(t, pair); g != Confirmed || p != Waiting {
		t.Errorf("group %s, pair %s", g, p)
	}
	// A larger capacity serves the rest.
	k.exec(t, "update quota_counter set capacity = 6 where quota_id = $1", e.Quota())
	if p := k.status(t, pair); p != Confirmed {
		t.Errorf("pair %s after the capacity was raised", p)
	}
	if taken, wishes := k.taken(
		t,
		e.Quota(),
	), k.number(
		t,
		"select count(*) from ticket_wish",
	); taken != 6 ||
		wishes != 0 {
		t.Errorf("%d taken, %d wishes left", taken, wishes)
	}
}

func TestLeavingTheLinePromotesNobody(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	k.take(t, ask(e, 1))
	first, _ := k.take(t, waitFor(e, 1, WaitQuota))
	second, _ := k.take(t, waitFor(e, 1, WaitQuota))
	k.cancel(t, first)
	if got := k.status(t, second); got != Waiting {
		t.Errorf("second is %s after a waiting ticket left", got)
	}
	if taken, wishes := k.taken(
		t,
		e.Quota(),
	), k.number(
		t,
		"select count(*) from ticket_wish",
	); taken != 1 ||
		wishes != 1 {
		t.Errorf("%d taken, %d wishes", taken, wishes)
	}
}

func TestAskingAgainWhileWaiting(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	r := waitFor(e, 1, WaitQuota)
	r.Secret, r.Nickname = newSecret(t), "すずめ"
	_, first := k.take(t, r)
	_, again := k.take(t, r)
	if again.ID != first.ID || again.Status != Waiting {
		t.Errorf("asked again: %+v, first %+v", again, first)
	}
	k.cancel(t, held)
	if _, promoted := k.take(
		t,
		r,
	); promoted.ID != first.ID || promoted.Status != Confirmed ||
		promoted.Nickname != "すずめ" {
		t.Errorf("asked after the promotion: %+v", promoted)
	}
}

func TestWaitingForAnyPart(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1, 1)
	k.take(t, ask(e, 1))
	late := ask(e, 1)
	late.QuotaID = e.Parts[1].Quotas[0]
	lateSeat, _ := k.take(t, late)
	narrow, _ := k.take(t, waitFor(e, 1, WaitQuota))
	wide, _ := k.take(t, waitFor(e, 1, WaitAnyPart))
	k.cancel(t, lateSeat)
	if got := k.status(t, narrow); got != Waiting {
		t.Errorf("who wished for the first part alone is %s", got)
	}
	got, err := k.service.Look(t.Context(), wide)
	if err != nil || got.Status != Confirmed || got.QuotaID != late.QuotaID || got.PartID != e.Parts[1].ID {
		t.Errorf("who wished for any part: %+v, %v", got, err)
	}
	if a, b := k.taken(t, e.Quota()), k.taken(t, late.QuotaID); a != 1 || b != 1 {
		t.Errorf("%d and %d taken", a, b)
	}
}

func TestASeatElsewhereIsGivenAtOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1, 1)
	k.take(t, ask(e, 1))
	_, got := k.take(t, waitFor(e, 1, WaitAnyDate))
	if got.Status != Confirmed || got.QuotaID != e.Parts[1].Quotas[0] {
		t.Errorf("with room in the other part: %+v", got)
	}
}

func TestNobodyIsPromotedTooLate(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	code, _ := k.take(t, waitFor(e, 1, WaitQuota))
	k.clock.Set(e.StartsAt.Add(-24 * time.Hour))
	_, _, err := k.service.Take(t.Context(), waitFor(e, 1, WaitQuota))
	wantError(t, "waiting in the last day", err, ErrNoList)
	k.cancel(t, held)
	if got := k.status(t, code); got != Waiting {
		t.Errorf("promoted after the cut-off: %s", got)
	}
	if n, err := LapseWaiting(t.Context(), k.db); n != 1 || err != nil {
		t.Errorf("LapseWaiting = %d, %v", n, err)
	}
	if n, err := LapseWaiting(t.Context(), k.db); n != 0 || err != nil {
		t.Errorf("LapseWaiting again = %d, %v", n, err)
	}
	if got := k.status(t, code); got != Lapsed {
		t.Errorf("status = %s, want lapsed", got)
	}
	_, err = k.service.Cancel(t.Context(), code)
	wantError(t, "cancel a lapsed ticket", err, ErrCancelled)
}

func TestPostponedEventsPromoteWhenTheyOpenAgain(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	code, _ := k.take(t, waitFor(e, 1, WaitQuota))
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", e.OccurrenceID)
	k.cancel(t, held)
	if got := k.status(t, code); got != Waiting {
		t.Errorf("promoted into a postponed date: %s", got)
	}
	k.exec(t, "update occurrence set status = 'scheduled' where id = $1", e.OccurrenceID)
	if got := k.status(t, code); got != Confirmed {
		t.Errorf("status = %s once the date stands again", got)
	}
}

func TestStaffAndOthersDoNotSeeTheLine(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	k.take(t, ask(e, 1))
	k.take(t, waitFor(e, 1, WaitQuota))
	if _, err := k.db.PublicPool().Exec(t.Context(), "select position from ticket_wish"); err == nil {
		t.Error("a place in the line can be read")
	}
	var seen int
	if err := k.db.PublicPool().QueryRow(
		t.Context(),
		"select count(quota_id) from ticket_wish",
	).Scan(
		&seen,
	); err != nil ||
		seen != 0 {
		t.Errorf("%d wishes of others seen, %v", seen, err)
	}
}

// A freed seat may be given to who leaves the line at that moment, in any quota waited for: whoever
// locked the ticket first would then want a counter whose holder waits for the ticket.
func TestLeavingTheLineLocksCountersBeforeTheTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1, 1)
	asked, other := e.Parts[0].Quotas[0], e.Parts[1].Quotas[0]
	for _, quota := range []uuid.UUID{asked, other} {
		r := ask(e, 1)
		r.QuotaID = quota
		k.take(t, r)
	}
	for name, quota := range map[string]uuid.UUID{"its own": asked, "another": other} {
		code, waits := k.take(t, waitFor(e, 1, WaitAnyPart))
		release := k.lock(t, quota)
		left := make(chan error, 1)
		go func() {
			_, err := k.service.Cancel(t.Context(), code)
			left <- err
		}()
		k.waiting(t, 1)
		if n := k.number(
			t,
			`with free as (select from ticket where id = $1 for update skip locked) select count(*) from free`,
			waits.ID,
		); n != 1 {
			t.Errorf("the ticket is locked before the counter of %s quota", name)
		}
		release()
		if err := <-left; err != nil {
			t.Errorf("Cancel: %v", err)
		}
	}
}

// Two replicas, many callers who take, wait and leave: nothing is oversold, no seat stays free
// while somebody who fits waits, and counters equal rows.
func TestTheLineUnderFire(t *testing.T) {
	t.Parallel()
	k := setup(t)
	replicas := k.replicas(t)
	e := k.line(t, 7, 5)
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			var mine []secret.Ticket
			for range 25 {
				s := replicas[rand.IntN(2)]
				if len(mine) > 0 && rand.IntN(2) == 0 {
					at := rand.IntN(len(mine))
					if _, err := s.Cancel(t.Context(), mine[at]); err != nil {
						t.Errorf("Cancel: %v", err)
					}
					mine = append(mine[:at], mine[at+1:]...)
					continue
				}
				r := waitFor(e, 1+rand.IntN(3), reaches[rand.IntN(len(reaches))])
				r.QuotaID = []uuid.UUID{e.Parts[0].Quotas[0], e.Parts[1].Quotas[0]}[rand.IntN(2)]
				code, _, err := s.Take(t.Context(), r)
				if err == nil {
					mine = append(mine, code)
				} else if !errors.Is(err, ErrFull) && !errors.Is(err, ErrListFull) {
					t.Errorf("Take: %v", err)
				}
			}
		})
	}
	group.Wait()
	if n := k.number(
		t,
		`select count(*) from quota_counter c where c.taken <> (select coalesce(sum(seats), 0) from ticket t
			where t.quota_id = c.quota_id and t.status = 'confirmed')`,
	); n != 0 {
		t.Errorf("%d counters differ from their rows", n)
	}
	if n := k.number(
		t,
		`select count(*) from quota_counter c join ticket_wish w using (quota_id) join ticket t on t.id = w.ticket_id
			where t.status = 'waiting' and t.seats <= c.capacity - c.taken`,
	); n != 0 {
		t.Errorf("%d wait for seats that are free", n)
	}
	if n := k.number(
		t,
		`select count(*) from ticket t where (t.status = 'waiting') <> exists (select from ticket_wish w
			where w.ticket_id = t.id)`,
	); n != 0 {
		t.Errorf("%d tickets wait without a wish or wish without waiting", n)
	}
}
