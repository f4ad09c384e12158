package paper

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type kit struct {
	admin   *pgxpool.Pool
	clock   *clock.Fake
	db      *postgres.DB
	by      staff.Author
	tickets *ticket.Service
	*Service
}

func setup(t testing.TB) *kit {
	t.Helper()
	bundle := testkit.Database(t)
	k := &kit{admin: bundle.Pool(t), clock: clock.NewFake(clock.Today(clock.System()).At(10, 0))}
	db := testkit.Open(t, postgres.Options{URL: bundle.LoginURL, Public: 8, Staff: 4, Worker: 2, Clock: k.clock})
	key := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(key)
	keys, err := secret.NewKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	k.db, k.by.Organization = db, testkit.NewOrganization(t, k.admin, "kita")
	k.by.Actor = postgres.StaffActor(testkit.NewStaff(t, k.admin, k.by.Organization, "publisher"))
	k.tickets = ticket.New(db, keys, rand.Reader, nil)
	t.Cleanup(k.tickets.Close)
	k.Service = NewService(db, keys, rand.Reader, k.tickets)
	return k
}

func (k *kit) event(t testing.TB, capacity int) testkit.Event {
	t.Helper()
	return testkit.NewEvent(
		t,
		k.admin,
		k.by.Organization,
		testkit.EventOptions{Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: capacity}}}}},
	)
}

func in(e testkit.Event, codes, each int) Input {
	return Input{
		EventID:      e.ID,
		OccurrenceID: e.OccurrenceID,
		PartID:       e.Parts[0].ID,
		QuotaID:      e.Quota(),
		Codes:        codes,
		SeatsEach:    each,
	}
}

func (k *kit) print(t testing.TB, e testkit.Event, codes, each int) Issued {
	t.Helper()
	s, err := k.Print(t.Context(), k.by, in(e, codes, each))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (k *kit) number(t testing.TB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := k.admin.QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *kit) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := k.admin.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// pools gives capacity and taken of the open quota and of the paper pool.
func (k *kit) pools(t testing.TB, e testkit.Event) [4]int {
	t.Helper()
	var p [4]int
	if err := k.admin.QueryRow(t.Context(), `
		select o.capacity, o.taken, c.capacity, c.taken from quota_counter o
		  join paper_pool p on p.open_quota_id = o.quota_id join quota_counter c on c.quota_id = p.paper_quota_id
		where o.quota_id = $1`, e.Quota()).Scan(&p[0], &p[1], &p[2], &p[3]); err != nil {
		t.Fatal(err)
	}
	return p
}

func (k *kit) back(t testing.TB) int {
	t.Helper()
	n, err := ReturnSeats(t.Context(), k.db)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func wantError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

func newSecret(t testing.TB) secret.Ticket {
	t.Helper()
	s, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func one() ticket.Request { return ticket.Request{Seats: 1} }

func TestASheetFromPrintToReturn(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10)
	s := k.print(t, e, 3, 2)
	if len(s.PlainCodes) != 3 || k.pools(t, e) != [4]int{4, 0, 6, 0} || s.Used != 0 || s.ReturnsAt.After(e.StartsAt) {
		t.Fatalf("%+v %v", s.Sheet, k.pools(t, e))
	}
	good, err := k.Look(t.Context(), s.PlainCodes[0])
	if err != nil || good.EventID != e.ID || good.PartID != e.Parts[0].ID || good.Seats != 2 {
		t.Errorf("%+v, %v", good, err)
	}
	// The open pool is sold out; the codes still open their seats.
	for range 4 {
		if _, _, err := k.tickets.Take(
			t.Context(),
			ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1},
		); err != nil {
			t.Fatal(err)
		}
	}
	r := ticket.Request{Seats: 2, Nickname: "すみれ", Secret: newSecret(t)}
	code, mine, err := k.Take(t.Context(), s.PlainCodes[0], r)
	if err != nil || mine.Seats != 2 || mine.Status != ticket.Confirmed || mine.EventID != e.ID ||
		!code.Equal(r.Secret) ||
		mine.Nickname != "すみれ" {
		t.Fatalf("%+v, %v", mine, err)
	}
	if _, again, err := k.Take(t.Context(), s.PlainCodes[0], r); err != nil || again.ID != mine.ID {
		t.Errorf("the same again: %v", err)
	}
	differs := r
	differs.Seats = 1
	_, _, err = k.Take(t.Context(), s.PlainCodes[0], differs)
	wantError(t, "the same secret, other seats", err, ticket.ErrPayloadDiffers)
	_, _, err = k.Take(t.Context(), s.PlainCodes[0], one())
	wantError(t, "the same code, another secret", err, ErrUsed)
	_, err = k.Look(t.Context(), s.PlainCodes[0])
	wantError(t, "looking at a used one", err, ErrUsed)
	_, _, err = k.Take(t.Context(), s.PlainCodes[1], ticket.Request{Seats: 3})
	wantError(t, "more than the set seats", err, ticket.ErrTooManySeats)
	_, _, err = k.Take(t.Context(), s.PlainCodes[1], ticket.Request{Seats: 20000})
	wantError(t, "far more", err, ticket.ErrTooManySeats)
	_, _, err = k.Take(t.Context(), s.PlainCodes[1], ticket.Request{})
	wantError(t, "no seats", err, ticket.ErrSeats)
	stranger, _ := secret.NewPaper(rand.Reader)
	_, _, err = k.Take(t.Context(), stranger, one())
	wantError(t, "a made-up code", err, ErrUnknown)
	// No other path reaches the pool.
	_, _, err = k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: good.QuotaID, Seats: 1, Wait: ticket.WaitQuota},
	)
	wantError(t, "the pool by its id", err, ticket.ErrOtherWay)
	if err := k.db.InPublic(t.Context(), func(tx *postgres.Tx) error {
		var n int
		if err := tx.Pgx.QueryRow(
			t.Context(),
			`select count(*) from quota where channel = 'paper'`,
		).Scan(
			&n,
		); err != nil ||
			n != 0 {
			t.Errorf("the public sees %d pools, %v", n, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}

	// One seat of a code for two is left over and goes back; a cancelled ticket's seats, too.
	if _, _, err := k.Take(t.Context(), s.PlainCodes[1], one()); err != nil {
		t.Fatal(err)
	}
	if n := k.back(t); n != 1 || k.pools(t, e) != [4]int{5, 4, 5, 3} {
		t.Errorf("%d seats back: %v", n, k.pools(t, e))
	}
	if _, err := k.tickets.Cancel(t.Context(), r.Secret); err != nil {
		t.Fatal(err)
	}
	if n := k.back(t); n != 2 || k.pools(t, e) != [4]int{7, 4, 3, 1} {
		t.Errorf("%d seats back after a cancellation: %v", n, k.pools(t, e))
	}
	// At the set moment the rest goes back, to the waiting list first.
	k.exec(t, `update part set waiting_list = true, waiting_until = starts_at where id = $1`, e.Parts[0].ID)
	for range 3 {
		if _, _, err := k.tickets.Take(
			t.Context(),
			ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1},
		); err != nil {
			t.Fatal(err)
		}
	}
	waiting, _, err := k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Wait: ticket.WaitQuota},
	)
	if err != nil {
		t.Fatal(err)
	}
	k.clock.Set(s.ReturnsAt)
	_, _, err = k.Take(t.Context(), s.PlainCodes[2], one())
	wantError(t, "after its moment", err, ErrOver)
	if n := k.back(t); n != 2 || k.pools(t, e) != [4]int{9, 8, 1, 1} {
		t.Errorf("%d seats back at the moment: %v", n, k.pools(t, e))
	}
	if served, err := k.tickets.Look(t.Context(), waiting); err != nil || served.Status != ticket.Confirmed {
		t.Errorf("the waiting list: %+v, %v", served, err)
	}
	if n := k.back(t); n != 0 {
		t.Errorf("%d more seats back", n)
	}
	list, err := k.Sheets(t.Context(), k.by.Organization, e.ID)
	if err != nil || len(list) != 1 || list[0].Used != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	// Long after the date nothing of the codes is left.
	k.clock.Set(e.EndsAt.Add(8 * 24 * time.Hour))
	if n := k.back(
		t,
	); n != 3 ||
		k.number(t, `select (select count(*) from paper_code) + (select count(*) from paper_claim)`) != 0 {
		t.Errorf("%d codes deleted", n)
	}
}

func TestRevokingASheet(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10)
	s := k.print(t, e, 5, 1)
	if _, _, err := k.Take(t.Context(), s.PlainCodes[0], one()); err != nil {
		t.Fatal(err)
	}
	other := testkit.NewOrganization(t, k.admin, "minami")
	wantError(
		t,
		"another organization",
		k.Revoke(t.Context(), staff.Author{Organization: other, Actor: k.by.Actor}, e.ID, s.ID),
		ErrSheetUnknown,
	)
	wantError(t, "no such sheet", k.Revoke(t.Context(), k.by, e.ID, uuid.New()), ErrSheetUnknown)
	for range 2 {
		if err := k.Revoke(t.Context(), k.by, e.ID, s.ID); err != nil {
			t.Fatal(err)
		}
	}
	if p := k.pools(t, e); p != [4]int{9, 0, 1, 1} {
		t.Errorf("%v", p)
	}
	_, _, err := k.Take(t.Context(), s.PlainCodes[1], one())
	wantError(t, "a revoked code", err, ErrOver)
	if list, err := k.Sheets(t.Context(), other, e.ID); err != nil || len(list) != 0 {
		t.Errorf("another organization sees %v, %v", list, err)
	}
	if n := k.number(t, `select count(*) from audit_entry where action like 'paper.%'`); n != 2 {
		t.Errorf("%d lines in the ledger", n)
	}
}

func TestWhatPrintRefuses(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10)
	past, late := k.clock.Now(), e.StartsAt.Add(time.Second)
	for what, c := range map[string]struct {
		change func(*Input)
		want   error
	}{
		"no codes":           {func(in *Input) { in.Codes = 0 }, ErrSize},
		"too many codes":     {func(in *Input) { in.Codes = MaxCodes + 1 }, ErrSize},
		"too many seats":     {func(in *Input) { in.SeatsEach = MaxSeats + 1 }, ErrSize},
		"no quota":           {func(in *Input) { in.QuotaID = uuid.New() }, ErrQuota},
		"another part":       {func(in *Input) { in.PartID = uuid.New() }, ErrQuota},
		"too few free":       {func(in *Input) { in.Codes = 11 }, ErrTooFew},
		"at once":            {func(in *Input) { in.ReturnsAt = &past }, ErrReturnsAt},
		"after the start":    {func(in *Input) { in.ReturnsAt = &late }, ErrReturnsAt},
		"another's event":    {func(in *Input) { in.EventID = k.event(t, 3).ID }, ErrQuota},
		"a date that is off": {func(in *Input) { *in = off(t, k) }, ErrDateOver},
		"no reservation": {func(in *Input) {
			e := testkit.NewEvent(
				t,
				k.admin,
				k.by.Organization,
				testkit.EventOptions{Parts: []testkit.PartOptions{{Reservation: "none"}}},
			)
			in.EventID, in.OccurrenceID, in.PartID, in.QuotaID = e.ID, e.OccurrenceID, e.Parts[0].ID, e.Quota()
		}, ErrOtherWay},
	} {
		wanted := in(e, 1, 1)
		c.change(&wanted)
		_, err := k.Print(t.Context(), k.by, wanted)
		wantError(t, what, err, c.want)
	}
	if n := k.number(
		t,
		`select (select count(*) from paper_sheet) + (select count(*) from paper_code) + (select count(*) from quota
			where channel = 'paper')`,
	); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func off(t testing.TB, k *kit) Input {
	e := testkit.NewEvent(t, k.admin, k.by.Organization, testkit.EventOptions{Status: "cancelled"})
	return in(e, 1, 1)
}

// A crowd with all the codes, printing, revoking, cancelling and returning at once: each code one
// ticket, no seat lost or made.
func TestRaces(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 60)
	sheet, doomed := k.print(t, e, 10, 2), k.print(t, e, 5, 2)
	won := make([]atomic.Int32, len(sheet.PlainCodes)+len(doomed.PlainCodes))
	var group sync.WaitGroup
	ctx := context.WithoutCancel(t.Context())
	for i, code := range append(sheet.PlainCodes, doomed.PlainCodes...) {
		for range 6 {
			group.Go(func() {
				mine, _, err := k.Take(ctx, code, one())
				switch {
				case err == nil:
					won[i].Add(1)
					if i%3 == 0 {
						if _, err := k.tickets.Cancel(ctx, mine); err != nil {
							t.Errorf("cancel: %v", err)
						}
					}
				case !errors.Is(err, ErrUsed) && !errors.Is(err, ErrOver):
					t.Errorf("code %d: %v", i, err)
				}
			})
		}
	}
	for range 20 {
		group.Go(func() {
			if _, _, err := k.tickets.Take(
				ctx,
				ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1},
			); err != nil {
				t.Errorf("open seat: %v", err)
			}
		})
		group.Go(func() {
			if _, err := ReturnSeats(ctx, k.db); err != nil {
				t.Errorf("return: %v", err)
			}
		})
	}
	group.Go(func() {
		if err := k.Revoke(ctx, k.by, e.ID, doomed.ID); err != nil {
			t.Errorf("revoke: %v", err)
		}
	})
	group.Wait()
	k.back(t)
	for i := range won {
		if n := won[i].Load(); n > 1 || i < len(sheet.PlainCodes) && n != 1 {
			t.Errorf("code %d became %d tickets", i, n)
		}
	}
	p := k.pools(t, e)
	if p[0]+p[2] != 60 || p[1] != 20 || p[2] != p[3] ||
		p[3] != k.number(
			t,
			`select coalesce(sum(seats), 0)::int from ticket t join quota q on q.id = t.quota_id
				where q.channel = 'paper' and t.status = 'confirmed'`,
		) {
		t.Errorf("pools %v", p)
	}
}

// The negative control: without the key of claims a code becomes several tickets.
func TestOneCodeOneTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 30)
	race := func(code secret.Paper) int {
		var won atomic.Int32
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if _, _, err := k.Take(context.WithoutCancel(t.Context()), code, one()); err == nil {
					won.Add(1)
				}
			})
		}
		group.Wait()
		return int(won.Load())
	}
	s := k.print(t, e, 12, 2)
	if n := race(s.PlainCodes[0]); n != 1 {
		t.Errorf("one code became %d tickets", n)
	}
	k.exec(t, `alter table paper_claim drop constraint paper_claim_pkey`)
	k.exec(
		t,
		`create or replace function paper_look(macs bytea[]) returns table (outcome text, event_id uuid,
			occurrence_id uuid, part_id uuid, quota_id uuid, seats integer, returns_at timestamptz)
		language sql stable security definer set search_path = public, pg_temp as $$
		select 'good', p.event_id, p.occurrence_id, p.part_id, p.paper_quota_id, s.seats_each::int, s.returns_at
		from paper_code k join paper_sheet s on s.id = k.sheet_id
		  join paper_pool p on p.open_quota_id = s.open_quota_id where k.mac = any ($1) $$`,
	)
	if n := race(s.PlainCodes[1]); n < 2 {
		t.Errorf("without the key one code became %d tickets: the race proves nothing", n)
	}
}

// Staff print sheets and can read neither codes nor claims; the public reads none of the tables.
func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10)
	k.print(t, e, 2, 1)
	for _, table := range []string{"paper_code", "paper_claim"} {
		err := k.db.InOrganization(t.Context(), k.by.Organization, k.by.Actor, func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), "select * from "+table)
			return err
		})
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("staff read %s: %v", table, err)
		}
	}
	for _, table := range []string{"paper_pool", "paper_sheet", "paper_code", "paper_claim"} {
		err := k.db.InPublic(t.Context(), func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), "select * from "+table)
			return err
		})
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("the public reads %s: %v", table, err)
		}
	}
}

// The codes of a date that was put off stay until it gets no new times for long; with new times,
// its new end counts.
func TestCodesOfADateThatWasPutOff(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, moved := k.event(t, 10), k.event(t, 10)
	k.print(t, e, 2, 1)
	k.print(t, moved, 3, 1)
	k.exec(t, `update occurrence set status = 'postponed' where id in ($1, $2)`, e.OccurrenceID, moved.OccurrenceID)
	kept := func(what string, at time.Time, want int) {
		t.Helper()
		k.clock.Set(at)
		k.back(t)
		if got := k.number(t, `select count(*) from paper_code`); got != want {
			t.Errorf("%s: %d codes, want %d", what, got, want)
		}
	}
	kept("long after the old end", e.EndsAt.Add(retention.AfterDate+24*time.Hour), 5)
	later := e.EndsAt.Add(100 * 24 * time.Hour)
	k.exec(
		t,
		`update part set starts_at = $2, ends_at = $3 where occurrence_id = $1`,
		moved.OccurrenceID,
		later.Add(-2*time.Hour),
		later,
	)
	k.exec(
		t,
		`update occurrence set status = 'scheduled', starts_at = $2, ends_at = $3 where id = $1`,
		moved.OccurrenceID,
		later.Add(-2*time.Hour),
		later,
	)
	kept("before the new end", later.Add(-time.Minute), 5)
	kept("a week after the new end", later.Add(retention.AfterDate), 5)
	kept("and past it", later.Add(retention.AfterDate+time.Minute), 2)
	kept("as long as a ticket of that date", e.EndsAt.Add(retention.AfterPutOffDate), 2)
	kept("and past it", e.EndsAt.Add(retention.AfterPutOffDate+time.Minute), 0)
}
