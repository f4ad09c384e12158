package door

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestOpen(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	k.take(k.event, 3)
	k.tap(token, plus(2))
	d, err := k.service.Open(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if d.OccurrenceID != k.event.OccurrenceID || d.Title != "お茶の会" || len(d.Parts) != 2 ||
		!d.OpensAt.Equal(k.event.StartsAt.Add(-Before)) ||
		!d.ClosesAt.Equal(k.event.EndsAt.Add(After)) {
		t.Errorf("the door shows %+v", d)
	}
	if p := d.Parts[0]; p.ID != k.event.Parts[0].ID || p.Taken != 3 || p.Arrived != 0 || p.Count.Count != 0 ||
		p.Reservation != event.Seat {
		t.Errorf("the part with seats: %+v", p)
	}
	if p := d.Parts[1]; p.ID != k.free() || p.Count.Count != 2 || p.Capacity != nil || p.Band != "" ||
		p.Reservation != event.NoReservation {
		t.Errorf("the part without: %+v", p)
	}
}

func TestLinkIsGoodOnItsDayOnly(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	all := func(what string, want error) {
		t.Helper()
		_, err := k.service.Open(t.Context(), token)
		k.want(what+", open", err, want)
		_, err = k.service.Tap(t.Context(), token, k.free(), []Tap{plus(1)})
		k.want(what+", tap", err, want)
		_, err = k.service.CheckIn(t.Context(), token, Shown{Secret: newSecret(t)})
		k.want(what+", check-in", err, want)
	}
	k.clock.Set(k.event.StartsAt.Add(-Before - time.Second))
	all("too early", ErrEarly)
	k.clock.Set(k.event.StartsAt.Add(-Before))
	if _, err := k.service.Open(t.Context(), token); err != nil {
		t.Error(err)
	}
	k.clock.Set(k.event.EndsAt.Add(After - time.Second))
	if _, err := k.service.Open(t.Context(), token); err != nil {
		t.Error(err)
	}
	k.clock.Set(k.event.EndsAt.Add(After))
	all("the day after", ErrOver)
	_, err := k.service.CreateLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID)
	k.want("a link for a date that is over", err, ErrDateOver)
	k.clock.Set(k.event.StartsAt)
	k.exec("update occurrence set status = 'cancelled', cancelled_at = now() where id = $1", k.event.OccurrenceID)
	all("a cancelled date", ErrOver)
	_, err = k.service.CreateLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID)
	k.want("a link for a cancelled date", err, ErrDateOver)
	if n := k.number("select count(*) from door_tap"); n != 0 {
		t.Errorf("%d taps were counted", n)
	}
}

func newSecret(t *testing.T) secret.Ticket {
	t.Helper()
	s, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	k := setup(t)
	issued, err := k.service.CreateLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID)
	if err != nil {
		t.Fatal(err)
	}
	other := k.link()
	for range 2 { // once more does nothing
		if err := k.service.RevokeLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID, issued.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err = k.service.Open(t.Context(), issued.Token)
	k.want("a revoked link", err, ErrLink)
	_, err = k.service.Tap(t.Context(), issued.Token, k.free(), []Tap{plus(1)})
	k.want("a revoked link's tap", err, ErrLink)
	if _, err := k.service.Open(t.Context(), other); err != nil {
		t.Errorf("another link of the date: %v", err)
	}
	unknown, err := secret.NewDoor(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.service.Open(t.Context(), unknown)
	k.want("an unknown token", err, ErrLink)
	_, err = k.service.Open(t.Context(), secret.Door{})
	k.want("no token", err, ErrLink)
	k.want(
		"an unknown link",
		k.service.RevokeLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID, uuid.New()),
		ErrLinkUnknown,
	)
	links, err := k.service.Links(t.Context(), k.by.Organization, k.event.ID, k.event.OccurrenceID)
	if err != nil || len(links) != 2 {
		t.Fatalf("Links: %v, %v", links, err)
	}
	revoked := 0
	for _, l := range links {
		if l.RevokedAt != nil {
			revoked++
		}
	}
	if revoked != 1 {
		t.Errorf("%d of two links are revoked", revoked)
	}
	if n := k.number("select count(*) from audit_entry where action like 'door.link%'"); n != 3 {
		t.Errorf("%d entries in the ledger, want 3", n)
	}
}

func TestLinksAreOfTheirOrganization(t *testing.T) {
	t.Parallel()
	k := setup(t)
	issued, err := k.service.CreateLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID)
	if err != nil {
		t.Fatal(err)
	}
	stranger := staff.Author{Organization: testkit.NewOrganization(t, k.admin, "minato"), Actor: k.by.Actor}
	_, err = k.service.CreateLink(t.Context(), stranger, k.event.ID, k.event.OccurrenceID)
	k.want("a neighbour's link", err, ErrDate)
	_, err = k.service.Links(t.Context(), stranger.Organization, k.event.ID, k.event.OccurrenceID)
	k.want("a neighbour's list", err, ErrDate)
	k.want(
		"a neighbour's end of it",
		k.service.RevokeLink(t.Context(), stranger, k.event.ID, k.event.OccurrenceID, issued.ID),
		ErrLinkUnknown,
	)
	_, err = k.service.SetCapacity(t.Context(), stranger, k.event.ID, k.event.OccurrenceID, k.free(), new(5))
	k.want("a neighbour's capacity", err, ErrPart)
	_, err = k.service.CreateLink(t.Context(), k.by, uuid.New(), k.event.OccurrenceID)
	k.want("another event's date", err, ErrDate)
	if _, err := k.service.Open(t.Context(), issued.Token); err != nil {
		t.Errorf("the link after all that: %v", err)
	}
}

func TestLinksAreBounded(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for range MaxLinks {
		k.link()
	}
	_, err := k.service.CreateLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID)
	k.want("one link too many", err, ErrTooMany)
}

func TestLinkOutlivesAKeyRotation(t *testing.T) {
	t.Parallel()
	k := setup(t)
	oldRaw := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(oldRaw)
	before, err := secret.NewKeys(oldRaw)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := NewService(k.db, before, rand.Reader).CreateLink(t.Context(), k.by, k.event.ID, k.event.OccurrenceID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewService(k.db, k.newKeys(oldRaw), rand.Reader).Open(t.Context(), issued.Token); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
}

// The public role reads none of the door's tables, staff only their own and never a MAC or a tap.
func TestRolesSeeNothingElse(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	k.tap(token, plus(1))
	if _, err := k.service.CheckIn(t.Context(), token, Shown{Secret: k.take(k.event, 1)}); err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error) {
		t.Helper()
		if state, _ := postgres.Constraint(err); state != "42501" { // insufficient_privilege
			t.Errorf("%s: %v, want a refusal", what, err)
		}
	}
	var n int
	for _, query := range []string{
		"select count(*) from door_link",
		"select count(count) from door_counter",
		"select count(capacity) from door_counter",
		"select 1 from door_counter where count > 1",
		"select count(*) from door_tap",
		"select count(*) from door_arrival",
		"select count(*) from door_of(array[''::bytea])",
		"select count(*) from ticket where arrived",
		"select count(day_code_mac) from ticket",
	} {
		refused(
			"the public, "+query,
			k.db.InPublic(
				t.Context(),
				func(tx *postgres.Tx) error { return tx.Pgx.QueryRow(t.Context(), query).Scan(&n) },
			),
		)
	}
	for status, want := range map[string]int{"published": 1, "draft": 0} { // the band goes with the event
		k.exec(
			"update event set status = $2, published_at = case when $2 = 'published' then now() end where id = $1",
			k.event.ID,
			status,
		)
		err := k.db.InPublic(t.Context(), func(tx *postgres.Tx) error {
			return tx.Pgx.QueryRow(t.Context(), "select count(part_id) from door_counter").Scan(&n)
		})
		if err != nil || n != want {
			t.Errorf("of a %s event the public reads %d bands, %v, want %d", status, n, err, want)
		}
	}
	for _, query := range []string{
		"select count(mac) from door_link",
		"select count(*) from door_tap",
		"select count(*) from ticket",
		"select count(*) from door_open(array[''::bytea])",
	} {
		refused(
			"staff, "+query,
			k.db.ReadOrganization(
				t.Context(),
				k.by.Organization,
				func(tx *postgres.Tx) error { return tx.Pgx.QueryRow(t.Context(), query).Scan(&n) },
			),
		)
	}
	stranger := testkit.NewOrganization(t, k.admin, "minato")
	for _, table := range []string{"door_link", "door_counter", "door_arrival"} {
		for organization, want := range map[uuid.UUID]int{k.by.Organization: 1, stranger: 0} {
			err := k.db.ReadOrganization(t.Context(), organization, func(tx *postgres.Tx) error {
				return tx.Pgx.QueryRow(t.Context(), "select count(organization_id) from "+table).Scan(&n)
			})
			if err != nil || n != want {
				t.Errorf("%s: %d rows, %v, want %d", table, n, err, want)
			}
		}
	}
	// Nothing that was said at the door stands in a table: neither the token nor anything that
	// could be one.
	var dump strings.Builder
	rows, err := k.admin.Query(
		t.Context(),
		"select l::text from door_link l union all select t::text from door_tap t union all select k::text from "+
			"ticket k union all select a::text from audit_entry a",
	)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		dump.WriteString(line)
	}
	if err := rows.Err(); err != nil || strings.Contains(dump.String(), token.Reveal()) {
		t.Errorf("the token is stored (%v)", err)
	}
}
