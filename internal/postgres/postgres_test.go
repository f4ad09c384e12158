package postgres_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, clock.Tokyo)

func open(t *testing.T, b *testkit.Bundle) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(
		t.Context(),
		postgres.Options{URL: b.LoginURL, Public: 2, Staff: 3, Worker: 1, Clock: clock.NewFake(noon)},
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func count(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestTransactionIsSharedByGormAndPgx(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db, pool := open(t, b), b.Pool(t)
	org := testkit.NewOrganization(t, pool, "kiyose")
	actor := postgres.StaffActor(uuid.New())
	rename := func(g *gorm.DB, name string) error {
		return g.Table("organization").Where("id = ?", org).Update("area", name).Error
	}
	name := func() (s string) {
		if err := pool.QueryRow(t.Context(), "select area from organization where id = $1", org).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	stop := errors.New("stop")
	err := db.InOrganization(t.Context(), org, actor, func(tx *postgres.Tx) error {
		if err := rename(tx.Gorm, "一"); err != nil {
			return err
		}
		var seen string
		if err := tx.Pgx.QueryRow(
			t.Context(),
			"select area from organization where id = $1",
			org,
		).Scan(
			&seen,
		); err != nil ||
			seen != "一" {
			t.Errorf("pgx sees %q, %v", seen, err)
		}
		return stop
	})
	if !errors.Is(err, stop) || name() == "一" {
		t.Fatalf("a failed transaction left %q, %v", name(), err)
	}
	// A nested GORM transaction is a savepoint: it fails alone and never commits the outer one.
	err = db.InOrganization(t.Context(), org, actor, func(tx *postgres.Tx) error {
		if err := rename(tx.Gorm, "二"); err != nil {
			return err
		}
		if err := tx.Gorm.Transaction(func(inner *gorm.DB) error {
			if err := rename(inner, "三"); err != nil {
				return err
			}
			return stop
		}); !errors.Is(err, stop) {
			t.Errorf("nested: %v", err)
		}
		if err := tx.Gorm.Transaction(func(inner *gorm.DB) error { return inner.Exec("select 1").Error }); err != nil {
			t.Errorf("nested: %v", err)
		}
		if name() == "二" {
			t.Error("the inner transaction committed the outer one")
		}
		return nil
	})
	if err != nil || name() != "二" {
		t.Fatalf("after the outer commit: %q, %v", name(), err)
	}
}

func TestTransactionCarriesOneNow(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db := open(t, b)
	org, staff := testkit.NewOrganization(t, b.Pool(t), "kiyose"), uuid.New()
	err := db.InOrganization(t.Context(), org, postgres.StaffActor(staff), func(tx *postgres.Tx) error {
		var now time.Time
		var organization, actor uuid.UUID
		if err := tx.Pgx.QueryRow(
			t.Context(),
			"select app_now(), app_organization(), app_actor()",
		).Scan(
			&now,
			&organization,
			&actor,
		); err != nil {
			return err
		}
		if !now.Equal(noon) || !tx.Now.Equal(noon) || organization != org || actor != staff || tx.Organization != org {
			t.Errorf("now %v, tx.Now %v, organization %v, actor %v", now, tx.Now, organization, actor)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Nothing of it stays on the connection.
	for range 5 {
		err := db.ReadOrganization(t.Context(), uuid.New(), func(tx *postgres.Tx) error {
			var actor *uuid.UUID
			if err := tx.Pgx.QueryRow(t.Context(), "select app_actor()").Scan(&actor); err != nil || actor != nil {
				t.Errorf("actor %v stayed, %v", actor, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Every tenant table has forced row-level security, and without an organization nobody sees or
// writes a row of it.
func TestTenantTablesFailClosed(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	pool := b.Pool(t)
	e := testkit.NewEvent(t, pool, testkit.NewOrganization(t, pool, "kiyose"), testkit.EventOptions{Status: "draft"})
	rows, err := pool.Query(t.Context(), `
		select c.relname, c.relrowsecurity and c.relforcerowsecurity
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
		where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'partnership_member'`)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var table string
		var forced bool
		if err := rows.Scan(&table, &forced); err != nil {
			t.Fatal(err)
		}
		if !forced {
			t.Errorf("%s has no forced row-level security", table)
		}
		tables = append(tables, table)
	}
	if len(tables) < 12 || !slices.Contains(tables, "ticket") {
		t.Fatalf("tenant tables = %v", tables)
	}
	db := open(t, b)
	for _, scope := range []uuid.UUID{uuid.Nil, uuid.New()} {
		err = db.ReadOrganization(t.Context(), scope, func(tx *postgres.Tx) error {
			for _, table := range []string{"event", "occurrence", "part", "quota", "quota_counter"} {
				var n int
				if err := tx.Pgx.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n); err != nil || n != 0 {
					t.Errorf("%s: %d rows of a draft seen by %v, %v", table, n, scope, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.InOrganization(t.Context(), scope, postgres.StaffActor(uuid.New()), func(tx *postgres.Tx) error {
			done := tx.Gorm.Exec("update event set title = 'x' where id = ?", e.ID)
			if done.RowsAffected != 0 {
				t.Errorf("a stranger changed %d events", done.RowsAffected)
			}
			return done.Error
		})
		if err != nil {
			t.Fatal(err)
		}
		// A row in another's name is refused, also when its parent is known.
		err = db.InOrganization(t.Context(), scope, postgres.StaffActor(uuid.New()), func(tx *postgres.Tx) error {
			return tx.Gorm.Exec(
				"insert into occurrence (organization_id, event_id, starts_at, ends_at, place_kind) values (?, ?, "+
					"now(), now() + interval '1 hour', 'online')",
				e.OrganizationID,
				e.ID,
			).Error
		})
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("a row for another organization: %v", err)
		}
	}
}

// A composite key keeps a child from pointing across organizations even past row-level security.
func TestCompositeKeysDoNotCross(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	pool := b.Pool(t)
	mine, theirs := testkit.NewOrganization(t, pool, "kiyose"), testkit.NewOrganization(t, pool, "bunkyo")
	e := testkit.NewEvent(t, pool, theirs, testkit.EventOptions{})
	_, err := pool.Exec(
		t.Context(),
		"insert into occurrence (organization_id, event_id, starts_at, ends_at, place_kind) values ($1, $2, now(), "+
			"now() + interval '1 hour', 'online')",
		mine,
		e.ID,
	)
	if !postgres.Violates(err, "occurrence_event_fkey") {
		t.Errorf("a date crossed over: %v", err)
	}
	_, err = pool.Exec(
		t.Context(),
		`insert into ticket (organization_id, event_id, occurrence_id, part_id, quota_id, id, secret_mac, status, seats)
		values ($1, $2, $3, $4, $5, gen_random_uuid(), sha256('x'), 'confirmed', 1)`,
		mine,
		e.ID,
		e.OccurrenceID,
		e.Parts[0].ID,
		e.Quota(),
	)
	if !postgres.Violates(err, "ticket_quota_fkey") {
		t.Errorf("a ticket crossed over: %v", err)
	}
}

func TestPublicRoleCannotWriteOrPeek(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db := open(t, b)
	for _, sql := range []string{
		"select * from staff",
		"select * from api_token",
		"select * from audit_entry",
		"select * from idempotency_key",
		"delete from ticket",
		"update quota_counter set taken = 0",
		"update event set title = 'x'",
		"insert into event_change (event_id) values (gen_random_uuid())",
		"select event_touch(gen_random_uuid(), null)",
	} {
		_, err := db.PublicPool().Exec(t.Context(), sql)
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	err := db.InPublic(t.Context(), func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(t.Context(), "update ticket set secret_mac = null")
		return err
	})
	if state, _ := postgres.Constraint(err); state != "25006" {
		t.Errorf("a public read may write: %v", err)
	}
}

func TestRefusePrivileged(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	if err := open(t, b).RefusePrivileged(t.Context()); err != nil {
		t.Errorf("the ordinary account is refused: %v", err)
	}
	for name, url := range map[string]string{"superuser": b.AdminURL, "owner": b.OwnerURL} {
		db, err := postgres.Open(t.Context(), postgres.Options{URL: url, Operator: 1})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.RefusePrivileged(t.Context()); !errors.Is(err, postgres.ErrPrivileged) {
			t.Errorf("%s is let in: %v", name, err)
		}
		db.Close()
	}
}

// Several processes may come up at once on a database that has nothing yet, and again later.
func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	b := testkit.EmptyDatabase(t)
	const tables = "select count(*) from pg_tables where schemaname in ('public', 'river')"
	full := count(t, testkit.Database(t).Pool(t), tables)
	var all sync.WaitGroup
	failed := make(chan error, 3)
	for range 3 {
		all.Go(func() { failed <- postgres.Migrate(t.Context(), b.OwnerURL, "tonarimachi") })
	}
	all.Wait()
	for range 3 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if got := count(t, b.Pool(t), tables); got != full {
		t.Errorf("%d tables, want %d", got, full)
	}
	newest, current, err := postgres.SchemaVersion(t.Context(), b.OwnerURL)
	if err != nil || newest != current || newest < 7 {
		t.Errorf("version %d of %d, %v", current, newest, err)
	}
}

func TestUnreachableDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db := open(t, b)
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	err := db.InPublic(ctx, func(*postgres.Tx) error { return nil })
	if fault.KindOf(err) != fault.KindUnavailable {
		t.Errorf("a deadline while waiting for a connection: %v", err)
	}
	if _, err := postgres.Open(
		t.Context(),
		postgres.Options{URL: "postgres://nobody:geheim@127.0.0.1:1/x", Public: 1},
	); err == nil ||
		contains(err, "geheim") {
		t.Errorf("error of a wrong address: %v", err)
	}
	if _, err := postgres.Open(
		t.Context(),
		postgres.Options{URL: "postgres://u:geheim@:bad:/", Public: 1},
	); err == nil ||
		contains(err, "geheim") {
		t.Errorf("error of a malformed address: %v", err)
	}
}

func TestDeadlocksAreTriedAgain(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db, pool := open(t, b), b.Pool(t)
	org := testkit.NewOrganization(t, pool, "kiyose")
	publisher := postgres.StaffActor(testkit.NewStaff(t, pool, org, "publisher"))
	first, second := testkit.NewEvent(
		t,
		pool,
		org,
		testkit.EventOptions{},
	), testkit.NewEvent(
		t,
		pool,
		org,
		testkit.EventOptions{},
	)
	var both sync.WaitGroup
	both.Add(2)
	tries := make(chan int, 2)
	var all sync.WaitGroup
	for _, order := range [][2]uuid.UUID{{first.ID, second.ID}, {second.ID, first.ID}} {
		all.Go(func() {
			n := 0
			err := db.InOrganization(t.Context(), org, publisher, func(tx *postgres.Tx) error {
				n++
				for i, id := range order {
					if err := tx.Gorm.Exec("update event set title = title || 'x' where id = ?", id).Error; err != nil {
						return err
					}
					if i == 0 && n == 1 {
						both.Done()
						both.Wait() // each holds one row and wants the other
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			tries <- n
		})
	}
	all.Wait()
	if total := <-tries + <-tries; total < 3 {
		t.Errorf("%d runs in all: there was no deadlock to try again after", total)
	}
}

func TestTextArray(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	db := open(t, b)
	want := []string{"", "a,b", `"quoted"`, `back\slash`, "{brace}", "NULL", "改\n行"}
	err := db.InOrganization(t.Context(), uuid.New(), postgres.StaffActor(uuid.New()), func(tx *postgres.Tx) error {
		var got []string
		var joined string
		if err := tx.Gorm.Raw(
			"select array_to_string(?::text[], '|')",
			postgres.TextArray(want),
		).Scan(
			&joined,
		).Error; err != nil {
			return err
		}
		for part := range splitSeq(joined) {
			got = append(got, part)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
