package round

import (
	"context"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// who runs statements as one of the program's roles.
type who struct {
	name string
	run  func(ctx context.Context, fn func(tx *postgres.Tx) error) error
}

func (k *kit) everybody() []who {
	town := func(name string, by staff.Author) who {
		return who{name, func(ctx context.Context, fn func(tx *postgres.Tx) error) error {
			return k.db.InOrganization(ctx, by.Organization, by.Actor, fn)
		}}
	}
	return []who{
		{
			"the public",
			k.db.InPublic,
		},
		{"the worker", k.db.InWorker},
		town("the lender", k.kita),
		town("the applicant", k.minato),
		town("a neighbour", k.chuo),
		town("a stranger", k.nishi),
	}
}

// sees counts what a role finds, -1 where it may not even ask.
func (k *kit) sees(w who, statement string, args ...any) (n int) {
	k.Helper()
	err := w.run(
		k.Context(),
		func(tx *postgres.Tx) error { return tx.Pgx.QueryRow(k.Context(), statement, args...).Scan(&n) },
	)
	if state, _ := postgres.Constraint(err); state == "42501" {
		return -1
	} else if err != nil {
		k.Fatalf("%s: %s: %v", w.name, statement, err)
	}
	return n
}

// Who sees what of a round, role by role, before and after the draw: wishes are the applicant's
// alone, and the seed is told with the draw and not before.
func TestWhoSeesWhatOfARound(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12), wanted(k.hall.B, 9, 12))
	k.apply(k.chuo, r.ID, wanted(k.hall.Whole, 9, 12))
	k.apply(k.kita, r.ID, wanted(k.hall.Whole, 9, 12))
	const (
		applications = "select count(*) from booking_application"
		wishes       = "select count(*) from booking_wish"
		seed         = "select count(*) from booking_round where seed is not null"
		revealed     = "select count(*) from booking_round where revealed is not null"
		list         = "select count(*) from booking_round where list is not null or list_digest is not null"
		kept         = "select count(*) from booking_round_space"
		ask          = "select count(*) from booking_round_seed($1) s where s is not null"
	)
	look := func(when string, told, fixed int) {
		t.Helper()
		for _, w := range k.everybody() {
			for statement, want := range map[string]map[string]int{
				applications: {
					"the public":    -1,
					"the worker":    3,
					"the lender":    1,
					"the applicant": 1,
					"a neighbour":   1,
					"a stranger":    0,
				},
				wishes: {
					"the public":    -1,
					"the worker":    4,
					"the lender":    1,
					"the applicant": 2,
					"a neighbour":   1,
					"a stranger":    0,
				},
				seed: {
					"the public":    -1,
					"the worker":    -1,
					"the lender":    -1,
					"the applicant": -1,
					"a neighbour":   -1,
					"a stranger":    -1,
				},
				kept: {
					"the public":    -1,
					"the worker":    -1,
					"the lender":    -1,
					"the applicant": -1,
					"a neighbour":   -1,
					"a stranger":    -1,
				},
			} {
				if got := k.sees(w, statement); got != want[w.name] {
					t.Errorf("%s, %s: %s gives %d, want %d", when, w.name, statement, got, want[w.name])
				}
			}
			if got := k.sees(w, revealed); got != told {
				t.Errorf("%s, %s reads %d seeds, want %d", when, w.name, got, told)
			}
			if got := k.sees(w, list); got != fixed {
				t.Errorf("%s, %s reads %d lists, want %d", when, w.name, got, fixed)
			}
		}
	}
	seeded := func(when string, want int) {
		t.Helper()
		for _, w := range k.everybody() {
			if w.name != "the worker" {
				if got := k.sees(w, ask, r.ID); got != -1 {
					t.Errorf("%s, %s asks for the seed and hears %d", when, w.name, got)
				}
			} else if got := k.sees(w, ask, r.ID); got != want {
				t.Errorf("%s, the worker hears %d seeds, want %d", when, got, want)
			}
		}
	}
	look("open", 0, 0)
	seeded("open", 0)
	k.clock.Set(r.DrawsAt.Add(-1))
	k.run(1)
	look("closed", 0, 1)
	seeded("closed, a moment before the draw", 0)
	k.clock.Set(r.DrawsAt)
	seeded("when it is to be drawn", 1)
	k.run(1)
	look("drawn", 1, 1)
	seeded("drawn", 0)
	k.clock.Set(r.AcceptUntil)
	k.run(1)
	look("finished", 1, 1)
}

// What is published tells of no organization, no title and no application.
func TestAPublishedRoundTellsOfNobody(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	a := k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	r = k.drawn(r)
	for _, secret := range []string{
		a.ID.String(),
		k.minato.Organization.String(),
		k.application(k.minato, a.ID).BookingID.String(),
		a.Title,
	} {
		if strings.Contains(r.List, secret) {
			t.Errorf("the list tells of %s", secret)
		}
	}
	if !strings.Contains(r.List, "entry "+a.Number+" 1 ") {
		t.Error("the applicant does not find its number")
	}
	for _, by := range []staff.Author{k.chuo, k.nishi} {
		_, err := k.bookings.Get(t.Context(), by.Organization, *k.application(k.minato, a.ID).BookingID)
		k.want("a third town reads what was drawn", err, booking.ErrUnknown)
	}
	if d := k.get(k.kita, *k.application(k.minato, a.ID).BookingID); d.Title != a.Title {
		t.Errorf("the lender reads %+v of what was drawn", d.Booking)
	}
}

// Nobody but the applicant does anything with an application, and only through what the rules
// allow.
func TestNobodyTouchesAnothersApplication(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	a := k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	picture := func() (s string) {
		t.Helper()
		if err := k.admin.QueryRow(
			t.Context(),
			`select (select jsonb_agg(x order by x.id) from booking_application x)::text || (select jsonb_agg(x
				order by x.application_id, x.rank) from booking_wish x)::text
			|| (select jsonb_agg(x) from (select id, state, withdrawn, list_digest
			  from booking_round) x)::text || (select jsonb_agg(x order by id) from booking x)::text`,
		).Scan(
			&s,
		); err != nil {
			t.Fatal(err)
		}
		return s
	}
	k.place(k.kita, ask(k.hall.Tea, 9, 10))
	others := func(when string) {
		t.Helper()
		before := picture()
		for _, by := range []staff.Author{k.kita, k.chuo, k.nishi} {
			_, err := k.service.ChangeApplication(
				t.Context(),
				by,
				a.ID,
				ApplicationInput{Title: "別の催し", Wishes: []Wish{wanted(k.hall.B, 9, 12)}},
			)
			if want := ErrApplicationUnknown; by.Organization != k.nishi.Organization {
				k.want(when+": changed by another", err, want)
			} else if err == nil {
				t.Errorf("%s: changed by a stranger", when)
			}
			k.want(when+": withdrawn by another", k.service.Withdraw(t.Context(), by, a.ID), ErrApplicationUnknown)
			_, err = k.service.AcceptResult(t.Context(), by, a.ID)
			k.want(when+": accepted by another", err, ErrApplicationUnknown)
			_, err = k.service.DeclineResult(t.Context(), by, a.ID)
			k.want(when+": declined by another", err, ErrApplicationUnknown)
			all, err := k.service.Applications(t.Context(), by.Organization, r.ID)
			if err != nil || len(all) != 0 {
				t.Errorf("%s: another reads %+v, %v", when, all, err)
			}
			if by.Organization != k.kita.Organization {
				_, err = k.service.Cancel(t.Context(), by, r.ID)
				k.want(when+": called off by another", err, ErrUnknown)
			}
		}
		if picture() != before {
			t.Errorf("%s: something changed", when)
		}
	}
	others("open")
	k.clock.Set(r.ClosesAt)
	k.run(1)
	others("closed")
	k.clock.Set(r.DrawsAt)
	k.run(1)
	others("drawn")

	// Past the service: what the roles themselves may not.
	before := picture()
	for _, statement := range []string{
		"update booking_application set outcome = 'lost'",
		"delete from booking_application",
		"update booking_wish set rank = 9",
		"delete from booking_wish",
		"update booking_round set state = 'cancelled'",
		"update booking_round set seed = revealed",
		"delete from booking_round",
		"delete from booking_round_space",
		"update booking_round_room set room_id = room_id",
		"insert into booking_application (borrower_id, round_id, id, number, title) select app_organization(), id, " +
			"gen_random_uuid(), '0123456789ABCDEF', 'x' from booking_round",
		"select booking_round_fix(id, 'x') from booking_round",
		"select booking_round_told(id, '{}') from booking_round",
		"select booking_round_tell(id, '{}', '{}', accept_until) from booking_round",
		"select booking_round_drop('" + a.ID.String() + "', 1, 'x')",
		"select booking_round_finish(id) from booking_round",
		"select booking_round_lock(id, state) from booking_round",
		"select booking_round_due()",
		"select booking_round_floor(id) from booking_round",
		"select booking_round_allot('" + a.ID.String() + "', '{}', 'empty')", "select occupancy_kept_for_round()",
	} {
		for _, w := range k.everybody() {
			if w.name == "the worker" {
				continue
			}
			err := w.run(
				t.Context(),
				func(tx *postgres.Tx) error { _, err := tx.Pgx.Exec(t.Context(), statement); return err },
			)
			if state, _ := postgres.Constraint(err); state != "42501" && state != "25006" {
				t.Errorf("%s: %s: %v", w.name, statement, err)
			}
		}
	}
	for _, statement := range []string{
		"select booking_round_apply((select id from booking_round), gen_random_uuid(), '0123456789ABCDEF', 'x', 1, " +
			"'[]', false)",
		"select booking_round_withdraw('" + a.ID.String() + "')",
		"select booking_round_cancel(id) from booking_round",
	} {
		err := k.db.InPublic(
			t.Context(),
			func(tx *postgres.Tx) error { _, err := tx.Pgx.Exec(t.Context(), statement); return err },
		)
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("the public: %s: %v", statement, err)
		}
	}
	// A town writes rounds and their rooms as its own alone.
	for _, statement := range []string{
		`insert into booking_round (organization_id, id, name, span, opens_at, closes_at, draws_at, accept_until,
			applications_max, wishes_max)
			select organization_id, gen_random_uuid(), 'x', span, opens_at, closes_at, draws_at, accept_until, 1, 1
			  from booking_round`,
		`insert into booking_round_room (organization_id, facility_id, room_id, round_id)
			select x.organization_id, x.facility_id, '` + k.hall.Tea.String() +
			`', x.round_id from booking_round_room x limit 1`,
	} {
		err := k.db.InOrganization(
			t.Context(),
			k.chuo.Organization,
			k.chuo.Actor,
			func(tx *postgres.Tx) error { _, err := tx.Pgx.Exec(t.Context(), statement); return err },
		)
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("a neighbour: %s: %v", statement, err)
		}
	}
	if picture() != before {
		t.Error("something changed")
	}
}

// The policies are what does it: without them the look of TestWhoSeesWhatOfARound finds everything
// open.
func TestPoliciesAreWhatHidesApplications(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	r := k.open(k.autumn())
	k.apply(k.minato, r.ID, wanted(k.hall.A, 9, 12))
	lender := k.everybody()[2]
	if n := k.sees(lender, "select count(*) from booking_application"); n != 0 {
		t.Errorf("the lender sees %d", n)
	}
	k.exec("alter table booking_application disable row level security")
	if n := k.sees(lender, "select count(*) from booking_application"); n != 1 {
		t.Errorf("without the policy the lender sees %d: nothing here would notice", n)
	}
}
