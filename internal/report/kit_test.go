package report

import (
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// kit is one test's ground: three towns of which two have a partnership, and a group that one of
// them registered. It is 10 May, ten o'clock.
type kit struct {
	*testing.T
	admin     *pgxpool.Pool
	clock     *clock.Fake
	db        *postgres.DB
	directory *organization.Directory
	service   *Service
	collector *Collector
	tickets   *ticket.Service
	town      map[string]uuid.UUID
	code      map[string]string
}

func setup(t *testing.T) *kit {
	t.Helper()
	b := testkit.Database(t)
	k := &kit{
		T:     t,
		admin: b.Pool(t),
		clock: clock.NewFake(clock.NewDate(2026, time.May, 10).At(10, 0)),
		town:  map[string]uuid.UUID{},
		code:  map[string]string{},
	}
	var err error
	k.db = testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 4, Staff: 2, Worker: 2, Clock: k.clock})
	for _, slug := range []string{"kita", "minami", "nishi"} {
		k.town[slug] = testkit.NewOrganization(t, k.admin, slug)
		var code string
		if err := k.admin.QueryRow(
			t.Context(),
			"select code from organization where slug = $1",
			slug,
		).Scan(
			&code,
		); err != nil {
			t.Fatal(err)
		}
		k.code[slug] = code
	}
	k.exec(
		`insert into organization (kind, slug, name, registered_by) values ('partner_group', 'wa', '輪の会', $1)`,
		k.town["kita"],
	)
	k.town["wa"] = k.id("select id from organization where slug = 'wa'")
	k.exec(`insert into partnership (slug, name) values ('to-nari', '広域連携')`)
	k.exec(
		`insert into partnership_member (partnership_id, organization_id, position) select p.id, o.id, 0
			from partnership p, organization o where o.slug in ('kita', 'minami')`,
	)
	raw := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(raw)
	keys, err := secret.NewKeys(raw)
	if err != nil {
		t.Fatal(err)
	}
	k.directory = organization.NewDirectory(k.db)
	k.service = NewService(k.db, k.directory)
	k.collector = Collect(k.db, nil)
	t.Cleanup(k.collector.Close)
	k.tickets = ticket.New(k.db, keys, rand.Reader, nil)
	t.Cleanup(k.tickets.Close)
	k.tickets.CountAnswers(k.collector)
	return k
}

// gathering is an event of kita that asks everything, with one part of many seats.
func (k *kit) gathering(at time.Time, questions ...string) testkit.Event {
	k.Helper()
	e := testkit.NewEvent(
		k.T,
		k.admin,
		k.town["kita"],
		testkit.EventOptions{
			StartsAt: at,
			Parts:    []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: 500}}}},
		},
	)
	k.host(e.ID, "kita", "host")
	if questions == nil {
		questions = []string{"age", "gender", "standing", "home"}
	}
	k.exec("update event set questions = $2 where id = $1", e.ID, questions)
	return e
}

func (k *kit) host(event uuid.UUID, slug, role string) {
	k.Helper()
	tx, err := k.admin.Begin(k.Context())
	if err != nil {
		k.Fatal(err)
	}
	defer func() { _ = tx.Rollback(k.Context()) }()
	member := testkit.NewStaff(k.T, k.admin, k.town[slug], "publisher")
	if _, err := tx.Exec(
		k.Context(),
		"select set_config('app.organization', $1, true), set_config('app.actor', $2, true)",
		k.town[slug].String(),
		member.String(),
	); err != nil {
		k.Fatal(err)
	}
	if _, err := tx.Exec(k.Context(), `
		insert into event_organiser (organization_id, event_id, organiser_id, role, approval, decided_at)
		select organization_id, id, $2, $3, 'approved', now() from event where id = $1`,
		event,
		k.town[slug],
		role,
	); err != nil {
		k.Fatal(err)
	}
	if err := tx.Commit(k.Context()); err != nil {
		k.Fatal(err)
	}
}

// date adds a date to the event and gives it as an event of its own.
func (k *kit) date(e testkit.Event, at time.Time) testkit.Event {
	k.Helper()
	d := testkit.Event{ID: e.ID, OrganizationID: e.OrganizationID, StartsAt: at, EndsAt: at.Add(2 * time.Hour)}
	d.OccurrenceID = k.id(
		`insert into occurrence (organization_id, event_id, starts_at, ends_at, place_kind)
			values ($1, $2, $3, $4, 'both') returning id`,
		e.OrganizationID,
		e.ID,
		d.StartsAt,
		d.EndsAt,
	)
	part := k.id(
		`insert into part (organization_id, event_id, occurrence_id, position, starts_at, ends_at, reservation)
			values ($1, $2, $3, 0, $4, $5, 'seat') returning id`,
		e.OrganizationID,
		e.ID,
		d.OccurrenceID,
		d.StartsAt,
		d.EndsAt,
	)
	quota := k.id(
		`insert into quota (organization_id, event_id, occurrence_id, part_id, channel, max_seats)
			values ($1, $2, $3, $4, 'in_person', 4) returning id`,
		e.OrganizationID,
		e.ID,
		d.OccurrenceID,
		part,
	)
	k.exec(
		`insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity)
			values ($1, $2, $3, $4, 500)`,
		e.OrganizationID,
		e.ID,
		d.OccurrenceID,
		quota,
	)
	d.Parts = []testkit.Part{{ID: part, Quotas: []uuid.UUID{quota}}}
	return d
}

func (k *kit) take(e testkit.Event, answers ticket.Answers) secret.Ticket {
	k.Helper()
	code, _, err := k.tickets.Take(
		k.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Answers: answers},
	)
	if err != nil {
		k.Fatal(err)
	}
	return code
}

func (k *kit) takeMany(e testkit.Event, n int, answers ticket.Answers) {
	k.Helper()
	for range n {
		k.take(e, answers)
	}
}

func (k *kit) flush() {
	k.Helper()
	if err := k.collector.Flush(k.Context()); err != nil {
		k.Fatal(err)
	}
}

// freezeAt moves the clock, lets the answers in and brings out what is due.
func (k *kit) freezeAt(at time.Time) int {
	k.Helper()
	k.clock.Set(at)
	k.flush()
	n, err := Freeze(k.Context(), k.db)
	if err != nil {
		k.Fatal(err)
	}
	return n
}

func (k *kit) report(slug string, id uuid.UUID) Event {
	k.Helper()
	e, err := k.service.Event(k.Context(), k.town[slug], id)
	if err != nil {
		k.Fatal(err)
	}
	return e
}

func (k *kit) year(slug string, year int) Year {
	k.Helper()
	y, err := k.service.Year(k.Context(), k.town[slug], year)
	if err != nil {
		k.Fatal(err)
	}
	return y
}

// raw gives the counters of a date.
func (k *kit) raw(date uuid.UUID) map[string]int {
	k.Helper()
	rows, err := k.admin.Query(
		k.Context(),
		"select question || ' ' || answer, count from answer_counter where occurrence_id = $1",
		date,
	)
	if err != nil {
		k.Fatal(err)
	}
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var what string
		var n int
		if err := rows.Scan(&what, &n); err != nil {
			k.Fatal(err)
		}
		counts[what] = n
	}
	if err := rows.Err(); err != nil {
		k.Fatal(err)
	}
	return counts
}

func (k *kit) exec(statement string, args ...any) {
	k.Helper()
	if _, err := k.admin.Exec(k.Context(), statement, args...); err != nil {
		k.Fatal(err)
	}
}

func (k *kit) id(query string, args ...any) (id uuid.UUID) {
	k.Helper()
	if err := k.admin.QueryRow(k.Context(), query, args...).Scan(&id); err != nil {
		k.Fatal(err)
	}
	return id
}

func (k *kit) number(query string, args ...any) (n int) {
	k.Helper()
	if err := k.admin.QueryRow(k.Context(), query, args...).Scan(&n); err != nil {
		k.Fatal(err)
	}
	return n
}
