package admission

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// consultation is a day of 24 times at one table.
func (k *kit) consultation(t testing.TB) (e testkit.Event, slots []uuid.UUID) {
	t.Helper()
	e = testkit.NewEvent(
		t,
		k.admin,
		k.org,
		testkit.EventOptions{
			Length: 9 * time.Hour,
			Parts:  []testkit.PartOptions{{Reservation: "slot", Quotas: []testkit.QuotaOptions{}}},
		},
	)
	table := e.Booth(t, k.admin, "弁護士")
	for i := range 24 {
		slots = append(
			slots,
			e.Slot(t, k.admin, e.StartsAt.Add(time.Duration(i)*20*time.Minute), 10*time.Minute, table),
		)
	}
	return e, slots
}

// Every slot counts: of a ticket that takes several, and those that tickets take later and in
// exchange. Whoever gave them back has asked for them all the same.
func TestEverySlotCounts(t *testing.T) {
	t.Parallel()
	k := setup(t)
	p := k.process(t)
	e, slots := k.consultation(t)
	const home = "198.51.100.7"
	code, _, err := p.Take(
		t.Context(),
		address(home),
		ticket.Request{EventID: e.ID, QuotaID: slots[0], Slots: slots[1:3], Seats: 1},
		"",
	)
	if err != nil {
		t.Fatal(err)
	}
	held := slots[:3]
	change := func(take, giveBack []uuid.UUID, proof string) (*Challenge, error) {
		_, err := p.ChangeSlots(t.Context(), address(home), code, take, giveBack, proof)
		return challengeOf(err), err
	}
	for at := 3; at < busyNetwork; at++ { // one slot walks through the day
		if _, err := change(slots[at:at+1], held[2:3], ""); err != nil {
			t.Fatalf("change %d: %v", at, err)
		}
		held = []uuid.UUID{held[0], held[1], slots[at]}
	}
	more := slots[busyNetwork : busyNetwork+1]
	c, err := change(more, held[2:3], "")
	wantError(t, "after twenty", err, ErrProofNeeded)
	if c == nil {
		t.Fatal("no challenge")
	}
	if _, err := change(nil, held[2:3], ""); err != nil {
		t.Errorf("giving back: %v", err)
	}
	if _, err := change(held[:1], nil, ""); err != nil {
		t.Errorf("what it holds already: %v", err)
	}
	if _, _, err := p.Take(
		t.Context(),
		address(home),
		ticket.Request{EventID: e.ID, QuotaID: more[0], Seats: 1},
		"",
	); challengeOf(
		err,
	) == nil {
		t.Errorf("a new ticket meets %v, a change a challenge", err)
	}
	if _, err := change(more, nil, solve(c)); err != nil {
		t.Errorf("after the work: %v", err)
	}
	_, err = change(slots[busyNetwork+1:busyNetwork+2], nil, solve(c))
	wantError(t, "spent", err, ErrSpent)
	_, err = p.ChangeSlots(t.Context(), address("203.0.113.9"), code, slots[busyNetwork+2:busyNetwork+3], more, "")
	if err != nil {
		t.Errorf("another network: %v", err)
	}
}

// What came of nothing is not counted, in memory and in the table of all processes.
func TestSlotsThatWereNotHadDoNotCount(t *testing.T) {
	t.Parallel()
	k := setup(t)
	p, q := k.process(t), k.process(t)
	beat(t, p, q)
	e, slots := k.consultation(t)
	shared := func() (n int) {
		t.Helper()
		if err := k.admin.QueryRow(
			t.Context(),
			`select coalesce(sum(seats), 0) from guard_share`,
		).Scan(
			&n,
		); err != nil {
			t.Fatal(err)
		}
		return n
	}
	from := address("198.51.100.7")
	r := ticket.Request{EventID: e.ID, QuotaID: slots[0], Slots: []uuid.UUID{slots[1], uuid.New()}, Seats: 1}
	_, _, err := p.Take(t.Context(), from, r, "")
	wantError(t, "a slot that is none", err, ticket.ErrSlotUnknown)
	if got := shared(); got != 0 || len(p.windows.kept) != 0 {
		t.Errorf("%d counted, %d places kept", got, len(p.windows.kept))
	}
	r.Slots = slots[1:2]
	code, _, err := p.Take(t.Context(), from, r, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.ChangeSlots(t.Context(), from, code, slots[2:3], slots[1:2], ""); err != nil {
		t.Fatal(err)
	}
	if got := shared(); got != 3 {
		t.Errorf("%d counted, want 3", got)
	}
	for range 9 { // more than a request may name, and more than a ticket may hold, are refused and not counted
		if _, err := p.ChangeSlots(t.Context(), from, code, slots[3:], nil, ""); err == nil {
			t.Fatal("a ticket holds everything")
		}
	}
	if got := shared(); got != 3 {
		t.Errorf("%d counted, want 3", got)
	}
}
