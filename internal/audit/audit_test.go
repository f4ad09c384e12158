package audit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type bundle struct {
	*testkit.Bundle
	clock      *clock.Fake
	db, owner  *postgres.DB
	ledger     *audit.Ledger
	own, other uuid.UUID
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{Bundle: testkit.Database(t), clock: clock.NewFake(time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC))}
	for _, o := range []struct {
		db      **postgres.DB
		options postgres.Options
	}{
		{&b.db, postgres.Options{URL: b.LoginURL, Staff: 2, Worker: 2, Clock: b.clock}},
		{&b.owner, postgres.Options{URL: b.OwnerURL, Operator: 2, Clock: b.clock}},
	} {
		*o.db = testkit.Open(t, o.options)
	}
	keys, err := secret.NewKeys([]byte("an audit test's key of 32 bytes!"))
	if err != nil {
		t.Fatal(err)
	}
	b.ledger = audit.NewLedger(b.db, keys)
	err = b.Pool(t).QueryRow(t.Context(), `
		with o as (insert into organization (kind, slug, code, name)
		  values ('municipality', 'toshima', '131164', '豊島区'), ('municipality', 'bunkyo', '131059', '文京区')
			returning id, slug)
		select (select id from o where slug = 'toshima'), (select id from o where slug = 'bunkyo')`).Scan(
		&b.own,
		&b.other,
	)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bundle) record(t *testing.T, organization uuid.UUID, actor postgres.Actor, e audit.Entry) error {
	t.Helper()
	return b.db.InOrganization(
		t.Context(),
		organization,
		actor,
		func(tx *postgres.Tx) error { return audit.Record(t.Context(), tx, e) },
	)
}

func entry(action string) audit.Entry {
	return audit.Entry{Action: action, SubjectKind: "event", SubjectID: uuid.New()}
}

func TestRecordNeedsAnActor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, actor := range map[string]postgres.Actor{"none": {}, "staff without id": postgres.StaffActor(uuid.Nil)} {
		if err := b.record(t, b.own, actor, entry("event.publish")); !errors.Is(err, audit.ErrNoActor) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The schema would refuse it too.
	_, err := b.Pool(
		t,
	).Exec(
		t.Context(),
		`insert into audit_entry (organization_id, actor_kind, action, subject_kind, subject_id)
			values ($1, 'staff', 'x', 'event', $1)`,
		b.own,
	)
	if !postgres.Violates(err, "audit_entry_actor_present") {
		t.Errorf("the schema took an entry of nobody: %v", err)
	}
	err = b.db.InWorker(
		t.Context(),
		func(tx *postgres.Tx) error { return audit.Record(t.Context(), tx, entry("event.end")) },
	)
	if !errors.Is(err, audit.ErrNoOrganization) {
		t.Errorf("a job that names no organization: %v", err)
	}
	tooMuch := entry("event.publish")
	tooMuch.Detail = map[string]any{"text": strings.Repeat("x", 5000)}
	if err := b.record(t, b.own, postgres.StaffActor(uuid.New()), tooMuch); !errors.Is(err, audit.ErrDetailTooLarge) {
		t.Errorf("a large detail: %v", err)
	}
}

func TestRecordSharesTheTransaction(t *testing.T) {
	t.Parallel()
	b := setup(t)
	boom := errors.New("the change failed")
	err := b.db.InOrganization(t.Context(), b.own, postgres.StaffActor(uuid.New()), func(tx *postgres.Tx) error {
		if err := audit.Record(t.Context(), tx, entry("event.publish")); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if lines, _, err := b.ledger.List(t.Context(), b.own, "", 0); err != nil || len(lines) != 0 {
		t.Errorf("an entry outlived its change: %v, %v", lines, err)
	}
}

func TestRecordOfEveryActor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	member := uuid.New()
	e := entry("event.publish")
	e.Detail = map[string]any{"fields": []string{"title"}}
	if err := b.record(t, b.own, postgres.StaffActor(member), e); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	named := entry("event.end")
	named.Organization = b.own
	if err := b.db.InWorker(
		t.Context(),
		func(tx *postgres.Tx) error { return audit.Record(t.Context(), tx, named) },
	); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(time.Second)
	if err := b.owner.InOperator(
		t.Context(),
		func(tx *postgres.Tx) error { return audit.Record(t.Context(), tx, named) },
	); err != nil {
		t.Fatal(err)
	}
	lines, next, err := b.ledger.List(t.Context(), b.own, "", 0)
	if err != nil || next != "" || len(lines) != 3 {
		t.Fatalf("List = %v, %q, %v", lines, next, err)
	}
	if lines[0].ActorKind != "operator" || lines[1].ActorKind != "job" || lines[1].ActorID != uuid.Nil {
		t.Errorf("actors = %v", lines)
	}
	first := lines[2]
	if first.ActorKind != "staff" || first.ActorID != member || first.SubjectID != e.SubjectID ||
		fmt.Sprint(first.Detail) != "map[fields:[title]]" ||
		!first.At.Equal(time.Date(2026, 4, 1, 3, 0, 0, 0, time.UTC)) ||
		first.Action != "event.publish" ||
		first.SubjectKind != "event" {
		t.Errorf("line = %+v", first)
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const total = 11
	for i := range total {
		if i%3 == 0 { // several at one instant
			b.clock.Advance(time.Microsecond)
		}
		if err := b.record(t, b.own, postgres.StaffActor(uuid.New()), entry("event.publish")); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.record(t, b.other, postgres.StaffActor(uuid.New()), entry("event.publish")); err != nil {
		t.Fatal(err)
	}
	seen := map[uuid.UUID]bool{}
	var last time.Time
	cursor := ""
	for page := 0; ; page++ {
		lines, next, err := b.ledger.List(t.Context(), b.own, cursor, 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if seen[l.ID] || !last.IsZero() && l.At.After(last) {
				t.Errorf("page %d: %v comes twice or too late", page, l)
			}
			seen[l.ID], last = true, l.At
		}
		if page == 0 {
			// What is written meanwhile stands before the place and moves nothing.
			b.clock.Advance(time.Second)
			if err := b.record(t, b.own, postgres.StaffActor(uuid.New()), entry("event.cancel")); err != nil {
				t.Fatal(err)
			}
			if _, _, err := b.ledger.List(t.Context(), b.other, next, 4); !errors.Is(err, secret.ErrCursor) {
				t.Errorf("another organization's cursor: %v", err)
			}
		}
		if cursor = next; next == "" {
			break
		}
	}
	if len(seen) != total {
		t.Errorf("%d lines, want %d", len(seen), total)
	}
	for _, bad := range []string{"x", "====", strings.Repeat("A", 10000), "\xff"} {
		if _, _, err := b.ledger.List(t.Context(), b.own, bad, 4); !errors.Is(err, secret.ErrCursor) {
			t.Errorf("cursor %.10q: %v", bad, err)
		}
	}
}

func TestRowLevelSecurity(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, id := range []uuid.UUID{b.own, b.other} {
		if err := b.record(t, id, postgres.StaffActor(uuid.New()), entry("event.publish")); err != nil {
			t.Fatal(err)
		}
	}
	foreign := entry("event.publish")
	foreign.Organization = b.other
	if state, _ := postgres.Constraint(b.record(t, b.own, postgres.StaffActor(uuid.New()), foreign)); state != "42501" {
		t.Errorf("an entry in another's ledger: state %q", state)
	}
	for name, tt := range map[string]struct {
		scope uuid.UUID
		want  int
	}{"own": {b.own, 1}, "nobody": {uuid.Nil, 0}, "unknown": {uuid.New(), 0}} {
		var n int
		err := b.db.ReadOrganization(t.Context(), tt.scope, func(tx *postgres.Tx) error {
			return tx.Pgx.QueryRow(t.Context(), "select count(*) from audit_entry").Scan(&n)
		})
		if err != nil || n != tt.want {
			t.Errorf("%s sees %d entries, want %d (%v)", name, n, tt.want, err)
		}
	}
	for _, sql := range []string{"update audit_entry set action = 'x'", "delete from audit_entry"} {
		err := b.db.InOrganization(t.Context(), b.own, postgres.StaffActor(uuid.New()), func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), sql)
			return err
		})
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("%s: state %q (%v)", sql, state, err)
		}
	}
}
