package app

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestEveryJobOfTheTableIsATask(t *testing.T) {
	t.Parallel()
	db := testkit.Open(t, postgres.Options{URL: testkit.Database(t).LoginURL, Worker: 2})
	names := map[string]bool{}
	for _, task := range Tasks(db) {
		names[task.Name] = true
	}
	for _, r := range retention.Table() {
		if r.Job != "" && !names[r.Job] {
			t.Errorf("%s.%s is to be erased by %q, which is no task", r.Table, r.Columns, r.Job)
		}
	}
}

// marked is a mark that stands in some columns and must be gone after a moment, not before.
type marked struct {
	mark    string
	columns []string // table.column
	kept    time.Time
}

type marks struct {
	*testkit.Bundle
	clock *clock.Fake
	org   uuid.UUID
	all   []marked
}

func (m *marks) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := m.Pool(t).Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// ticket plants a mark in a ticket.
func (m *marks) ticket(t *testing.T, e testkit.Event, status string, kept time.Time) {
	t.Helper()
	mark := fmt.Sprintf("canary%02d", len(m.all))
	columns := []string{"ticket.secret_mac", "ticket.calendar_mac"}
	if status != "cancelled" {
		columns = append(columns, "ticket.nickname")
	}
	if status == "confirmed" {
		columns = append(columns, "ticket.day_code_mac")
	}
	m.exec(t, `
		insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, calendar_mac,
		  day_code_mac, status, seats, nickname)
		values ($1, $2, $3, $4, $5, gen_random_uuid(), convert_to(rpad($6, 32, 's'), 'UTF8'), convert_to(rpad($6, 32,
		  'c'), 'UTF8'),
		  case when $7 = 'confirmed' then convert_to(rpad($6, 32, 'd'), 'UTF8') end, $7, 1, case
		  when $7 <> 'cancelled' then rpad($6, 146, 'n') end)`,
		m.org, e.ID, e.OccurrenceID, e.Parts[0].ID, e.Quota(), mark, status)
	if status == "confirmed" {
		columns = append(columns, "ticket_contact.sealed")
		m.contact(t, mark, e, kept)
	}
	m.all = append(m.all, marked{mark, columns, kept})
}

// contact plants a contact in a ticket, and that something was told: that row is known by the
// ticket's id.
func (m *marks) contact(t *testing.T, mark string, e testkit.Event, kept time.Time) {
	t.Helper()
	m.exec(
		t,
		"insert into contact_key (organization_id, event_id, occurrence_id, public_key) values ($1, $2, $3, "+
			"convert_to(repeat('p', 1216), 'UTF8')) on conflict do nothing",
		m.org,
		e.ID,
		e.OccurrenceID,
	)
	var id uuid.UUID
	if err := m.Pool(t).QueryRow(t.Context(), `
		with c as (
		  insert into ticket_contact (organization_id, event_id, ticket_id, key_id, sealed)
		  select organization_id, event_id, id, occurrence_id, convert_to(rpad($1, 2160, 'x'), 'UTF8') from ticket
		  where secret_mac = convert_to(rpad($1, 32, 's'), 'UTF8')
		  returning *)
		insert into notice (organization_id, event_id, ticket_id, kind, revision, state)
		  select organization_id, event_id, ticket_id, 'change', 1, 'sent' from c
		returning ticket_id`, mark).Scan(&id); err != nil {
		t.Fatal(err)
	}
	m.all = append(m.all, marked{id.String(), []string{"ticket_contact.ticket_id", "notice.ticket_id"}, kept})
}

// wait plants a waiting ticket that wishes for the event's own quota. Its nickname and its place in
// the line end with the wait, the rest with the date.
func (m *marks) wait(t *testing.T, e testkit.Event) {
	t.Helper()
	mark := fmt.Sprintf("canary%02d", len(m.all))
	id := uuid.New()
	m.exec(t, `
		insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, calendar_mac,
		  status, seats, nickname)
		values ($1, $2, $3, $4, $5, $6, convert_to(rpad($7 || 'late', 32, 's'), 'UTF8'), convert_to(rpad($7 || 'late',
		  32, 'c'), 'UTF8'), 'waiting', 1, rpad($7 || 'soon', 146, 'n'))`,
		m.org, e.ID, e.OccurrenceID, e.Parts[0].ID, e.Quota(), id, mark)
	m.exec(
		t,
		`insert into ticket_wish (organization_id, event_id, quota_id, ticket_id, position)
			values ($1, $2, $3, $4, 77007700)`,
		m.org,
		e.ID,
		e.Quota(),
		id,
	)
	lapses := e.StartsAt.Add(-24*time.Hour - time.Second) // the last moment of the wait when staff set none
	m.all = append(m.all,
		marked{mark + "soon", []string{"ticket.nickname"}, lapses},
		marked{"77007700", []string{"ticket_wish.position"}, lapses},
		marked{id.String(), []string{"ticket_wish.ticket_id"}, lapses},
		marked{mark + "late", []string{"ticket.secret_mac", "ticket.calendar_mac"}, e.EndsAt.Add(retention.AfterDate)})
}

// number plants a draw number of a ticket that has one already; it goes with the ticket.
func (m *marks) number(t *testing.T, e testkit.Event, kept time.Time) {
	t.Helper()
	mark := fmt.Sprintf("NVMBER%02d", len(m.all)) + "XXXXXXXX"
	m.exec(t, "update part set reservation = 'lottery', closes_at = starts_at where id = $1", e.Parts[0].ID)
	m.exec(t, `insert into lottery_entry (organization_id, part_id, quota_id, ticket_id, number, seats, outcome)
		select organization_id, part_id, quota_id, id, $2, seats, 'withdrawn' from ticket where occurrence_id = $1
		  and status = 'cancelled'`,
		e.OccurrenceID,
		mark,
	)
	m.all = append(m.all, marked{mark, []string{"lottery_entry.number"}, kept})
}

func (m *marks) answer(t *testing.T) {
	t.Helper()
	mark := fmt.Sprintf("canary%02d", len(m.all))
	m.exec(t, `
		insert into idempotency_key (organization_id, key, fingerprint, status, content_type, location, body,
		  created_at)
		values ($1, $2, convert_to(rpad($2, 32, 'f'), 'UTF8'), 201, $2, $2, convert_to($2, 'UTF8'), $3)`,
		m.org,
		mark,
		m.clock.Now(),
	)
	m.all = append(m.all, marked{
		mark,
		[]string{
			"idempotency_key.key",
			"idempotency_key.fingerprint",
			"idempotency_key.content_type",
			"idempotency_key.location",
			"idempotency_key.body",
		},
		m.clock.Now().Add(retention.AfterAnswer),
	})
}

// tap plants a step of the head count of a date that was yesterday; its id is the mark.
func (m *marks) tap(t *testing.T, e testkit.Event) {
	t.Helper()
	id, day := uuid.New(), clock.DateOf(m.clock.Now())
	m.exec(
		t,
		"insert into door_tap (organization_id, event_id, occurrence_id, part_id, id, delta, tapped_on) values ($1, "+
			"$2, $3, $4, $5, 1, $6::text::date)",
		m.org,
		e.ID,
		e.OccurrenceID,
		e.Parts[0].ID,
		id,
		day.String(),
	)
	m.all = append(
		m.all,
		marked{id.String(), []string{"door_tap.id"}, day.Start().Add(retention.AfterTap - time.Second)},
	)
}

// slot plants a slot on a ticket; the ticket's id is the mark.
func (m *marks) slot(t *testing.T, e testkit.Event) {
	t.Helper()
	slot := e.Slot(t, m.Pool(t), e.StartsAt, 30*time.Minute)
	id := uuid.New()
	m.exec(t, `
		insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats)
		select organization_id, event_id, occurrence_id, part_id, quota_id, $1::uuid,
		  sha256(convert_to($1::uuid::text, 'UTF8')), 'confirmed', 1 from slot_rule where part_id = $2`,
		id,
		e.Parts[0].ID,
	)
	m.exec(t, `
		insert into ticket_slot (organization_id, event_id, part_id, slot_id, ticket_id, starts_at, ends_at, span)
		select organization_id, event_id, part_id, quota_id, $1::uuid, starts_at, ends_at, tstzrange(starts_at,
		  ends_at) from slot where quota_id = $2`,
		id,
		slot,
	)
	m.all = append(m.all, marked{id.String(), []string{"ticket_slot.ticket_id"}, e.EndsAt.Add(retention.AfterDate)})
}

// share plants what is kept for minutes: a spent challenge, a key of the hour, what a network took,
// that a code was refused.
func (m *marks) share(t *testing.T, e testkit.Event) {
	t.Helper()
	now := m.clock.Now()
	for _, one := range []struct {
		columns, statement string
		length             int
		kept               time.Time
	}{
		{"guard_spent.id", "insert into guard_spent (id, expires_at) values ($1, $2)", 16, now.Add(time.Hour)},
		{"guard_key.key", "insert into guard_key (key, hour) values ($1, $2)", 32, now.Add(2 * time.Hour)},
		{
			"guard_share.network",
			"insert into guard_share (network, slot, quota_id, seats) values ($1, $2, '" + e.Quota().String() + "', 1)",
			16,
			now.Add(10 * time.Minute),
		},
		{
			"ticket_refusal.secret_mac ticket_refusal.outcome",
			"insert into ticket_refusal (secret_mac, asked_at, refused_at, outcome) values ($1, $2, $2, " +
				"convert_from(substr($1::bytea, 1, 8), 'UTF8'))",
			32,
			now.Add(time.Minute),
		},
	} {
		mark := fmt.Sprintf("canary%02d", len(m.all))
		m.exec(t, one.statement, []byte(mark+strings.Repeat("g", one.length-len(mark))), now)
		m.all = append(m.all, marked{mark, strings.Fields(one.columns), one.kept})
	}
}

// paper plants a printed code that was used.
func (m *marks) paper(t *testing.T, e testkit.Event) {
	t.Helper()
	mark := fmt.Sprintf("canary%02d", len(m.all))
	m.exec(
		t,
		`insert into paper_pool (organization_id, event_id, occurrence_id, part_id, open_quota_id, paper_quota_id)
			values ($1, $2, $3, $4, $5, $6)`,
		m.org,
		e.ID,
		e.OccurrenceID,
		e.Parts[0].ID,
		e.Parts[0].Quotas[0],
		e.Parts[0].Quotas[1],
	)
	m.exec(t, `
		with s as (
		  insert into paper_sheet (organization_id, open_quota_id, codes, seats_each, returns_at)
		  values ($1, $2, 1, 1, $3) returning organization_id, id),
		c as (
		  insert into paper_code (organization_id, sheet_id, mac)
		  select organization_id, id, convert_to(rpad($4, 32, 'p'), 'UTF8') from s returning organization_id, mac)
		insert into paper_claim (organization_id, mac) select organization_id, mac from c`,
		m.org,
		e.Quota(),
		e.StartsAt,
		mark,
	)
	m.all = append(
		m.all,
		marked{mark, []string{"paper_code.mac", "paper_claim.mac"}, e.EndsAt.Add(retention.AfterDate)},
	)
}

// found gives, for each of the marks, the columns (table.column) of all tables, those of the queue
// too, in which it stands in clear or in hexadecimal. It reads each table once for all marks: a
// query for each mark would be planned over every column anew.
func (m *marks) found(t *testing.T, marks ...string) map[string][]string {
	t.Helper()
	type table struct {
		Schema, Name string
		Columns      []string
	}
	rows, err := m.Pool(t).Query(t.Context(), `
		select table_schema, table_name, array_agg(column_name::text)
		from information_schema.columns join information_schema.tables using (table_schema, table_name)
		where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
		group by 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowToStructByPos[table])
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	for _, table := range tables {
		var values []string
		for _, c := range table.Columns {
			values = append(values, fmt.Sprintf("('%s.%s', %s::text)", table.Name, c, pgx.Identifier{c}.Sanitize()))
		}
		queries = append(queries, fmt.Sprintf(`
			select mark, place from %s cross join lateral (values %s) as cell (place, content) join wanted
				on strpos(content, mark) > 0 or strpos(content, hexadecimal) > 0`,
			pgx.Identifier{table.Schema, table.Name}.Sanitize(), strings.Join(values, ", ")))
	}
	var hexadecimal []string
	for _, mark := range marks {
		hexadecimal = append(hexadecimal, hex.EncodeToString([]byte(mark)))
	}
	rows, err = m.Pool(t).Query(t.Context(), `
		with wanted as materialized (select * from unnest($1::text[], $2::text[]) as w (mark, hexadecimal))
		`+strings.Join(queries, " union ")+" order by 1, 2", marks, hexadecimal)
	if err != nil {
		t.Fatal(err)
	}
	where := map[string][]string{}
	var mark, place string
	if _, err = pgx.ForEachRow(rows, []any{&mark, &place}, func() error {
		where[mark] = append(where[mark], place)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return where
}

// The clock goes past every date of the table, once with nothing due and once a second later, and
// the real tasks are run each time.
func TestNothingOutlivesItsDateAndNothingGoesEarly(t *testing.T) {
	t.Parallel()
	today := clock.Today(clock.System())
	m := &marks{Bundle: testkit.Database(t), clock: clock.NewFake(today.At(10, 0))}
	m.org = testkit.NewOrganization(t, m.Pool(t), "kita")
	event := func(days int) testkit.Event {
		return testkit.NewEvent(t, m.Pool(t), m.org, testkit.EventOptions{StartsAt: today.AddDays(days).At(14, 0)})
	}
	soon, later, off, never := event(3), event(40), event(5), event(4)
	m.answer(t)
	m.tap(t, event(-1))
	for _, status := range []string{"confirmed", "cancelled", "lapsed", "offered"} {
		m.ticket(t, soon, status, soon.EndsAt.Add(retention.AfterDate))
	}
	drawn := event(6)
	m.ticket(t, drawn, "cancelled", drawn.EndsAt.Add(retention.AfterDate))
	m.number(t, drawn, drawn.EndsAt.Add(retention.AfterDate))
	m.ticket(t, later, "confirmed", later.EndsAt.Add(retention.AfterDate))
	m.ticket(t, never, "confirmed", never.EndsAt.Add(retention.AfterDate))
	m.ticket(t, off, "confirmed", off.EndsAt.Add(retention.AfterPutOffDate))
	m.wait(t, later)
	m.share(t, soon)
	m.paper(
		t,
		testkit.NewEvent(
			t,
			m.Pool(t),
			m.org,
			testkit.EventOptions{
				StartsAt: today.AddDays(7).At(14, 0),
				Parts:    []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: 5}, {Channel: "paper"}}}},
			},
		),
	)
	m.slot(
		t,
		testkit.NewEvent(
			t,
			m.Pool(t),
			m.org,
			testkit.EventOptions{
				StartsAt: today.AddDays(6).At(14, 0),
				Parts:    []testkit.PartOptions{{Reservation: "slot"}},
			},
		),
	)
	m.exec(t, "update occurrence set status = 'cancelled', cancelled_at = now() where id = $1", never.OccurrenceID)
	m.exec(t, "update occurrence set status = 'postponed' where id = $1", off.OccurrenceID)

	// Every column with an end, as far as it can hold a mark, has one.
	planted := map[string]bool{}
	for _, one := range m.all {
		for _, c := range one.columns {
			planted[c] = true
		}
	}
	for _, r := range retention.Table() {
		if !r.Until.Limited() {
			continue
		}
		for _, name := range r.Each() {
			c := r.Table + "." + name
			var telling bool
			// One of a few known words can be no mark.
			if err := m.Pool(
				t,
			).QueryRow(
				t.Context(),
				`select format_type(atttypid, null) in ('text', 'bytea', 'jsonb', 'json', 'text[]', 'inet', 'cidr',
					'character varying')
				and not exists (select from pg_constraint where conrelid = attrelid
				  and conname = $1 || '_' || attname || '_known')
				from pg_attribute where attrelid = $1::regclass and attname = $2`,
				r.Table,
				name,
			).Scan(
				&telling,
			); err != nil {
				t.Fatal(err)
			}
			if telling && !planted[c] {
				t.Errorf("no mark was planted in %s, whose end is told: the test does not see whether it comes", c)
			}
		}
	}

	db := testkit.Open(t, postgres.Options{URL: m.LoginURL, Worker: 2, Clock: m.clock})
	round := func(at time.Time) {
		t.Helper()
		m.clock.Set(at)
		for _, task := range Tasks(db) {
			if _, err := task.Do(t.Context()); err != nil {
				t.Fatalf("%s: %v", task.Name, err)
			}
		}
	}
	byDate := map[time.Time][]marked{}
	var names []string
	for _, one := range m.all {
		names = append(names, one.mark)
		byDate[one.kept] = append(byDate[one.kept], one)
	}
	for _, at := range slices.SortedFunc(maps.Keys(byDate), time.Time.Compare) {
		round(at)
		where := m.found(t, names...)
		for _, one := range m.all {
			for _, c := range one.columns {
				if kept := slices.Contains(where[one.mark], c); kept != !one.kept.Before(at) {
					t.Errorf("%s: %s of %s (kept until %s) is there: %v", at, one.mark, c, one.kept, kept)
				}
			}
		}
		round(at.Add(time.Second))
		where = m.found(t, names...)
		for _, one := range byDate[at] {
			for _, c := range where[one.mark] {
				if slices.Contains(one.columns, c) {
					t.Errorf("%s: %s is left in %s a second after its end", at, one.mark, c)
				}
			}
		}
	}
	if where := m.found(t, "canary")["canary"]; len(where) > 0 {
		t.Errorf("marks are left in %v", where)
	}
	if where := m.found(t, "77007700")["77007700"]; len(where) > 0 {
		t.Errorf("the order of a line is left in %v", where)
	}
	var tickets, taken int
	if err := m.Pool(
		t,
	).QueryRow(
		t.Context(),
		"select (select count(*) from ticket), (select sum(taken) from quota_counter)",
	).Scan(
		&tickets,
		&taken,
	); err != nil {
		t.Fatal(err)
	}
	if tickets != 10 || taken != 7 { // the ticket with a slot counts once for its part and once in the slot
		t.Errorf("%d tickets and %d seats are counted, want 10 and 7", tickets, taken)
	}
}
