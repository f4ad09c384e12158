package booking

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// comer makes a request into what goes to the database, as place does.
func (k *kit) comer(by staff.Author, r Request) *comer {
	k.Helper()
	var made *comer
	known := func(ctx context.Context) (*board.Facts, error) {
		return k.board.FactsFor(ctx, by.Organization, r.RoomID)
	}
	_, err := k.service.place(
		k.Context(),
		by,
		r,
		nil,
		known,
		func(_ context.Context, b *Booking, roomSeen, facilitySeen time.Time, monthCap *int, _ bool) (string, error) {
			made = &comer{
				b:            b,
				roomSeen:     roomSeen,
				facilitySeen: facilitySeen,
				monthCap:     monthCap,
				answer:       make(chan arrival, 1),
			}
			return "placed", nil
		},
	)
	if err != nil {
		k.Fatal(err)
	}
	return made
}

// together places a batch as a lane does and gives what each hears.
func (k *kit) together(by staff.Author, batch ...*comer) (all []arrival) {
	k.Helper()
	k.service.crowd.enter(by, nil)
	k.service.crowd.serve(by, batch)
	for _, one := range batch {
		all = append(all, <-one.answer)
	}
	return all
}

func TestACrowdIsPlacedTogether(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 15})
	batch := []*comer{
		k.comer(k.minato, ask(k.hall.A, 9, 12)),
		k.comer(k.minato, ask(k.hall.B, 10, 12)),
		k.comer(k.minato, hold(k.hall.Tea, 9, 11)),
	}
	for i, a := range k.together(k.minato, batch...) {
		if a.outcome != "placed" || a.err != nil {
			t.Fatalf("request %d: %q, %v", i, a.outcome, a.err)
		}
		b, d := batch[i].b, k.get(k.minato, batch[i].b.ID)
		if d.Status != b.Status || d.Borrower.ID != k.minato.Organization || d.Lender.ID != k.kita.Organization ||
			!d.StartsAt.Equal(b.StartsAt) ||
			!d.CreatedAt.Equal(b.CreatedAt) {
			t.Errorf("request %d stands as %+v", i, d.Booking)
		}
	}
	for _, table := range []string{
		"booking",
		"booking_change where kind = 'placed'",
		"audit_entry where action = 'booking.place'",
	} {
		if n := k.number("select count(*) from " + table); n != 3 {
			t.Errorf("%s: %d rows, want 3", table, n)
		}
	}
	if n := k.number("select count(distinct xmin::text)::int from booking"); n != 1 {
		t.Errorf("%d transactions, want one for all", n)
	}
	if k.astray() != 0 || k.overlaps() != 0 {
		t.Error("floor and state part")
	}
	alone := k.place(k.chuo, ask(k.hall.A, 15, 18))
	const same = `to_jsonb(b) -
	  '{id,borrower_id,starts_at,ends_at,cancel_until,fee_yen,created_at,modified_at}'::text[]`
	if n := k.number(
		"select count(distinct "+same+")::int from booking b where id in ($1, $2)",
		alone.ID,
		batch[0].b.ID,
	); n != 1 {
		t.Error("a booking placed in company has other columns than one placed alone")
	}
}

// What can't be judged in company is sent alone; what can be refused is refused, and spoils nothing
// for the others.
func TestACrowdIsJudgedOneByOne(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.place(k.chuo, ask(k.hall.Tea, 13, 15))
	stale := k.comer(k.minato, ask(k.hall.A, 18, 19))
	stale.roomSeen = stale.roomSeen.Add(-time.Second)
	unknown := k.comer(k.minato, ask(k.hall.A, 9, 10))
	unknown.b.Room.ID = uuid.New()
	none := 0
	capped := k.comer(k.minato, ask(k.hall.B, 18, 19))
	capped.monthCap = &none
	for _, c := range []struct {
		what  string
		batch []*comer
		want  []string
	}{
		{
			"taken",
			[]*comer{k.comer(k.minato, ask(k.hall.Tea, 14, 16)), k.comer(k.minato, ask(k.hall.A, 9, 10))},
			[]string{"taken", "placed"},
		},
		{"stale", []*comer{stale, k.comer(k.minato, ask(k.hall.B, 9, 10))}, []string{"stale", "placed"}},
		{"unknown", []*comer{unknown, k.comer(k.minato, ask(k.hall.B, 10, 11))}, []string{"unknown", "placed"}},
		{"capped", []*comer{capped, k.comer(k.minato, ask(k.hall.A, 12, 13))}, []string{"cap", "placed"}},
		{
			"the same floor",
			[]*comer{
				k.comer(k.minato, ask(k.hall.A, 16, 17)),
				k.comer(k.minato, ask(k.hall.Whole, 16, 17)),
				k.comer(k.minato, ask(k.hall.Tea, 9, 10)),
			},
			[]string{"alone", "alone", "placed"},
		},
	} {
		for i, a := range k.together(k.minato, c.batch...) {
			if a.outcome != c.want[i] || a.err != nil || a.alone != (c.want[i] == "alone") {
				t.Errorf("%s: request %d hears %q, %v; want %q", c.what, i, a.outcome, a.err, c.want[i])
			}
		}
	}
	if k.astray() != 0 || k.overlaps() != 0 {
		t.Error("floor and state part")
	}
}

func TestACrowdWaitsForNobody(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	tx, err := k.admin.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(
		t.Context(),
		"select from space s join room_space x on x.space_id = s.id where x.room_id = $1 for update of s",
		k.hall.A,
	); err != nil {
		t.Fatal(err)
	}
	for i, a := range k.together(
		k.minato,
		k.comer(k.minato, ask(k.hall.A, 9, 12)),
		k.comer(k.minato, ask(k.hall.Tea, 9, 12)),
	) {
		if want := []string{"alone", "placed"}[i]; a.outcome != want || a.err != nil {
			t.Errorf("request %d: %q, %v, want %q", i, a.outcome, a.err, want)
		}
	}
}

func TestOneBadBookingSpoilsNoOther(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	bad := k.comer(k.minato, ask(k.hall.A, 9, 12))
	bad.b.Title = strings.Repeat("あ", 201) // past the service's own check
	for i, a := range k.together(k.minato, bad, k.comer(k.minato, ask(k.hall.Tea, 9, 12))) {
		if !a.alone || a.err != nil {
			t.Errorf("request %d: %+v, want to come alone", i, a)
		}
	}
	if n := k.number("select count(*) from booking"); n != 0 {
		t.Errorf("%d bookings of a batch that failed", n)
	}
}

// 64 requests of one program: each gets its room or hears that it is taken, most in company.
func TestARushOfOneProgram(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	var group sync.WaitGroup
	rooms := []uuid.UUID{k.hall.A, k.hall.B, k.hall.Tea, k.hall.Whole}
	for w := range writers {
		group.Go(func() {
			if _, err := k.service.Place(
				t.Context(),
				k.minato,
				ask(rooms[w%4], 9+w/4%12, 10+w/4%12),
			); err != nil &&
				!errors.Is(err, ErrTaken) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if k.astray() != 0 || k.overlaps() != 0 {
		t.Error("floor and state part")
	}
	// Of each hour either the whole hall is taken or both its halves may be; the tea room always
	// is.
	if n := k.number("select count(*) from booking where room_id = $1", k.hall.Tea); n != 12 {
		t.Errorf("the tea room has %d bookings, want 12", n)
	}
	k.service.crowd.mu.Lock()
	defer k.service.crowd.mu.Unlock()
	if len(k.service.crowd.lanes) != 0 {
		t.Error("a lane is left behind")
	}
}

func TestWhoLeavesACrowdIsNotPlaced(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	for range crowdLanes {
		k.service.crowd.enter(k.minato, nil)
	}
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := k.service.Place(ctx, k.minato, ask(k.hall.A, 9, 12)); !errors.Is(err, context.Canceled) {
		t.Errorf("who left hears %v", err)
	}
	for range crowdLanes {
		k.service.crowd.leave(k.minato)
	}
	if n := k.number("select count(*) from booking"); n != 0 || len(k.service.crowd.lanes) != 0 {
		t.Errorf("%d bookings, %d lanes", n, len(k.service.crowd.lanes))
	}
}

// Company looks under the lock. If it did not, the constraint would refuse the batch; without both,
// bookings overlap.
func TestTheConstraintStandsBehindTheCrowd(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.place(k.chuo, ask(k.hall.A, 9, 12))
	k.exec(
		`do $$ begin
		  execute replace(pg_get_functiondef('booking_place_all'::regproc), 'then ''taken''', 'then ''placed''');
		end $$`,
	)
	batch := func() []*comer {
		return []*comer{k.comer(k.minato, ask(k.hall.A, 11, 13)), k.comer(k.minato, ask(k.hall.Tea, 9, 12))}
	}
	for i, a := range k.together(k.minato, batch()...) {
		if !a.alone || a.err != nil {
			t.Errorf("request %d: %+v, want to come alone", i, a)
		}
	}
	if k.overlaps() != 0 {
		t.Error("bookings overlap though the constraint stands")
	}
	k.exec("alter table occupancy drop constraint occupancy_no_overlap")
	if a := k.together(k.minato, batch()...); a[0].outcome != "placed" || k.overlaps() == 0 {
		t.Errorf("without look and constraint: %+v, %d overlaps", a[0], k.overlaps())
	}
}
