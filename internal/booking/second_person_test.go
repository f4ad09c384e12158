package booking

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// token is a token of a member; with issuers it was issued in the member's name by them, without by
// the operator.
func (k *kit) token(holder uuid.UUID, issuers ...uuid.UUID) postgres.Actor {
	k.Helper()
	id := uuid.New()
	_, err := k.admin.Exec(
		k.Context(),
		`insert into api_token (organization_id, id, staff_id, name, mac, expires_at, issuers)
		select organization_id, $1, id, 'x', sha256(gen_random_uuid()::text::bytea), now() + interval '1 day', $3
		  from staff where id = $2`,
		id,
		holder,
		append([]uuid.UUID{}, issuers...),
	)
	if err != nil {
		k.Fatal(err)
	}
	return postgres.Actor{Kind: "staff", ID: holder, Token: id}
}

// [S6] The holder of a token and who issued it count as one person: two steps are two persons',
// whichever tokens they use.
func TestTwoStepsTakeTwoPersons(t *testing.T) {
	t.Parallel()
	k := setup(
		t,
		testkit.HallOptions{Terms: `[{"who": "partners", "opens_months": 6, "approvals": 2, "cancel_days": 3}]`},
	)
	member := func() uuid.UUID { return testkit.NewStaff(t, k.admin, k.kita.Organization, "admin") }
	a, b, c := member(), member(), member()
	self := postgres.StaffActor
	for i, tt := range []struct {
		what          string
		first, second postgres.Actor
		refused       bool
	}{
		{"an admin, then with a token in a colleague's name", self(a), k.token(b, a), true},
		{"the other way round", k.token(b, a), self(a), true},
		{"two tokens in colleagues' names", k.token(b, a), k.token(c, a), true},
		{"a token that was issued with another's token", k.token(c, b, a), self(a), true},
		{"one's own two tokens", k.token(a, a), k.token(a), true},
		{"the same member, logged in and with a token", self(a), k.token(a), true},
		{"two members", self(a), self(b), false},
		{"two members with their own tokens", k.token(a, a), k.token(b, b), false},
		{"tokens that the operator issued", k.token(a), k.token(b), false},
		{"a colleague's token issued by a third", self(a), k.token(b, c), false},
	} {
		asked := ask(k.hall.A, 9, 12)
		asked.StartsAt, asked.EndsAt = asked.StartsAt.AddDate(0, 0, i), asked.EndsAt.AddDate(0, 0, i)
		booked := k.place(k.minato, asked)
		k.must(
			k.service.Approve(
				t.Context(),
				staff.Author{Organization: k.kita.Organization, Actor: tt.first},
				booked.ID,
				"",
			),
		)
		d, err := k.service.Approve(
			t.Context(),
			staff.Author{Organization: k.kita.Organization, Actor: tt.second},
			booked.ID,
			"",
		)
		if tt.refused {
			k.want(tt.what, err, ErrSecondPerson)
		} else if err != nil || d.Status != Approved {
			t.Errorf("%s: %s, %v", tt.what, d.Status, err)
		}
	}
	// The ledger names the token and who issued it.
	used := k.token(b, a)
	asked := ask(k.hall.B, 9, 12)
	booked := k.place(k.minato, asked)
	k.must(k.service.Approve(t.Context(), staff.Author{Organization: k.kita.Organization, Actor: used}, booked.ID, ""))
	var token uuid.UUID
	var issuers []uuid.UUID
	err := k.admin.QueryRow(
		t.Context(),
		"select token_id, token_issuers from audit_entry where action = 'booking.approved_once' and subject_id = $1",
		booked.ID,
	).Scan(
		&token,
		&issuers,
	)
	if err != nil || token != used.Token || !slices.Equal(issuers, []uuid.UUID{a}) {
		t.Errorf("the ledger names %v, %v, %v", token, issuers, err)
	}
	// What one places with a token is written by a function of the database, which names it too.
	placed := k.place(
		staff.Author{Organization: k.minato.Organization, Actor: k.token(k.minato.Actor.ID)},
		ask(k.hall.Tea, 9, 12),
	)
	if err := k.admin.QueryRow(
		t.Context(),
		"select token_id from audit_entry where action = 'booking.place' and subject_id = $1",
		placed.ID,
	).Scan(
		&token,
	); err != nil ||
		token == uuid.Nil {
		t.Errorf("a booking that was placed with a token: %v, %v", token, err)
	}
}
