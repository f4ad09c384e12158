package postgres_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/migrations"
)

// roles is the first file of any schema here: the real one.
func roles(t *testing.T) *fstest.MapFile {
	t.Helper()
	text, err := migrations.FS.ReadFile("tables/00001_roles.sql")
	if err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: text}
}

// files adds files, by name and text, to those of before; an empty text takes one away.
func files(before fstest.MapFS, texts map[string]string) fstest.MapFS {
	after := maps.Clone(before)
	for name, text := range texts {
		if after[name+".sql"] = (&fstest.MapFile{Data: []byte(text)}); text == "" {
			delete(after, name+".sql")
		}
	}
	return after
}

func ownerPool(t *testing.T, b *testkit.Bundle) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), b.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// says gives what a query tells in one column, joined.
func says(t *testing.T, pool *pgxpool.Pool, query string) string {
	t.Helper()
	var answer string
	if err := pool.QueryRow(t.Context(), query).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

const (
	functionsThere = `select coalesce(string_agg(oid::regprocedure::text || ' ' || pg_get_function_result(oid), ', '
		order by proname), '') from pg_proc p
		where pronamespace = 'public'::regnamespace and not exists (select from pg_depend d where d.objid = p.oid
		  and d.deptype = 'e')`
	triggersThere = `select coalesce(string_agg(tgname || ' on ' || tgrelid::regclass, ', ' order by tgname), '')
		from pg_trigger where not tgisinternal`
)

var pets = map[string]string{
	"tables/00002_pets": "-- needs: pet_valid\n\ncreate table pet (name text not null, constraint pet_name check " +
		"(pet_valid(name)));\n" +
		"alter table pet enable row level security;",
	"functions/pet_valid": "create or replace function pet_valid(name text) returns boolean language sql immutable " +
		"return length(name) > 1;",
	"functions/pet_count": "create or replace function pet_count() returns integer language sql security definer as " +
		"$$ select count(*)::int from pet $$;\n" +
		"alter function pet_count() owner to tnm_ledger;\ngrant execute on function pet_count() to tnm_public;",
	"functions/pet_named": "create or replace function pet_named() returns trigger language plpgsql as $$ begin " +
		"new.name := initcap(new.name); return new; end $$;\n" +
		"create trigger pet_named before insert on pet for each row execute function pet_named();",
}

func TestFunctionsFollowTheirFiles(t *testing.T) {
	t.Parallel()
	pool := ownerPool(t, testkit.EmptyDatabase(t))
	first := files(fstest.MapFS{"tables/00001_roles.sql": roles(t)}, pets)
	if err := postgres.MigrateFiles(t.Context(), pool, first); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change map[string]string
		query  string
		want   string
	}{
		"a body": {
			map[string]string{"functions/pet_valid": strings.Replace(pets["functions/pet_valid"], "> 1", "> 2", 1)},
			"select pet_valid('ab')::text", "false",
		},
		"other arguments": {
			map[string]string{
				"functions/pet_count": "create or replace function pet_count(least_length integer) returns integer " +
					"language sql as $$ select 1 $$;",
			},
			functionsThere, "pet_count(integer) integer, pet_named() trigger, pet_valid(text) boolean",
		},
		"another type returned": {
			map[string]string{
				"functions/pet_count": strings.ReplaceAll(
					pets["functions/pet_count"],
					"returns integer",
					"returns bigint",
				),
			},
			functionsThere, "pet_count() bigint, pet_named() trigger, pet_valid(text) boolean",
		},
		"a grant is gone": {
			map[string]string{
				"functions/pet_count": strings.Replace(pets["functions/pet_count"], "to tnm_public", "to tnm_staff", 1),
			},
			`select string_agg(r.rolname, ', ' order by r.rolname) from pg_proc p, aclexplode(p.proacl) a
				join pg_roles r on r.oid = a.grantee where p.proname = 'pet_count'`,
			"tnm_ledger, tnm_staff",
		},
		"a trigger has another name": {
			map[string]string{
				"functions/pet_named": strings.Replace(
					pets["functions/pet_named"],
					"trigger pet_named before",
					"trigger pet_called before",
					1,
				),
			},
			triggersThere, "pet_called on pet",
		},
		"a function is gone": {
			map[string]string{"functions/pet_named": ""},
			functionsThere + ` union all ` + triggersThere + " limit 1", "pet_count() integer, pet_valid(text) boolean",
		},
		"a table and its function": {
			map[string]string{
				"tables/00003_pet_age": "alter table pet add column age integer;",
				"functions/pet_count": "create or replace function pet_count() returns integer language sql begin " +
					"atomic select sum(age)::int from pet; end;",
			},
			"select coalesce(pet_count(), 0)::text", "0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			pool := ownerPool(t, testkit.EmptyDatabase(t))
			if err := postgres.MigrateFiles(t.Context(), pool, first); err != nil {
				t.Fatal(err)
			}
			if err := postgres.MigrateFiles(t.Context(), pool, files(first, c.change)); err != nil {
				t.Fatal(err)
			}
			if got := says(t, pool, c.query); got != c.want {
				t.Errorf("after the change: %q, want %q", got, c.want)
			}
			// And back again: an earlier text is one as any other.
			if _, ok := c.change["tables/00003_pet_age"]; ok {
				return
			}
			if err := postgres.MigrateFiles(t.Context(), pool, first); err != nil {
				t.Fatal(err)
			}
			if got, want := says(
				t,
				pool,
				functionsThere,
			), "pet_count() integer, pet_named() trigger, pet_valid(text) boolean"; got != want {
				t.Errorf("changed back: %q, want %q", got, want)
			}
			if got := says(t, pool, triggersThere); got != "pet_named on pet" {
				t.Errorf("changed back, triggers: %q", got)
			}
		})
	}
}

func TestTableFilesAreAppliedOnce(t *testing.T) {
	t.Parallel()
	pool := ownerPool(t, testkit.EmptyDatabase(t))
	first := files(fstest.MapFS{"tables/00001_roles.sql": roles(t)}, pets)
	if err := postgres.MigrateFiles(t.Context(), pool, first); err != nil {
		t.Fatal(err)
	}
	commented := files(first, map[string]string{"tables/00002_pets": pets["tables/00002_pets"] + "\n-- Said better.\n"})
	if err := postgres.MigrateFiles(t.Context(), pool, commented); err != nil {
		t.Errorf("a comment changed: %v", err)
	}
	changed := files(
		first,
		map[string]string{"tables/00002_pets": pets["tables/00002_pets"] + "\ncreate table toy ();"},
	)
	if err := postgres.MigrateFiles(
		t.Context(),
		pool,
		changed,
	); err == nil || !contains(err, "was changed after it was applied") {
		t.Errorf("a statement changed: %v", err)
	}
	third := files(first, map[string]string{"tables/00005_toys": "create table toy ();"})
	if err := postgres.MigrateFiles(t.Context(), pool, third); err != nil {
		t.Fatal(err)
	}
	late := files(third, map[string]string{"tables/00004_food": "create table food ();"})
	if err := postgres.MigrateFiles(t.Context(), pool, late); err == nil || !contains(err, "give it a higher number") {
		t.Errorf("a lower number: %v", err)
	}
	// One transaction: nothing of a migration stays that fails in its last function.
	broken := files(
		third,
		map[string]string{"tables/00006_food": "create table food ();", "functions/zz": "create function zz( nonsense"},
	)
	if err := postgres.MigrateFiles(t.Context(), pool, broken); err == nil || !contains(err, "functions/zz.sql") {
		t.Errorf("a broken function: %v", err)
	}
	if says(t, pool, "select coalesce(to_regclass('food')::text, 'none')") != "none" {
		t.Error("a table stays of a migration that failed")
	}
}

func TestSchemaIsRequired(t *testing.T) {
	t.Parallel()
	pool := ownerPool(t, testkit.EmptyDatabase(t))
	first := files(fstest.MapFS{"tables/00001_roles.sql": roles(t)}, pets)
	changed := files(
		first,
		map[string]string{"functions/pet_valid": strings.Replace(pets["functions/pet_valid"], "> 1", "> 2", 1)},
	)
	newer := files(changed, map[string]string{"tables/00003_toys": "create table toy ();", "functions/pet_count": ""})
	lacks := func(files fstest.MapFS) string {
		t.Helper()
		err := postgres.RequireFiles(t.Context(), pool, files)
		var missing *postgres.SchemaError
		if err != nil && !errors.As(err, &missing) {
			t.Fatal(err)
		}
		if missing == nil {
			return ""
		}
		return missing.Missing
	}
	if got := lacks(first); got == "" {
		t.Error("a new database is enough")
	}
	for _, step := range []struct {
		migrated fstest.MapFS
		wants    []string // what each of the programs lacks: the first, the changed, the newer one
	}{
		{first, []string{"", "functions/pet_valid", "tables/00003_toys"}},
		{changed, []string{"", "", "tables/00003_toys"}},
		{newer, []string{"", "", ""}},
	} {
		if err := postgres.MigrateFiles(t.Context(), pool, step.migrated); err != nil {
			t.Fatal(err)
		}
		if got := []string{lacks(first), lacks(changed), lacks(newer)}; !slices.Equal(got, step.wants) {
			t.Errorf("programs lack %q, want %q", got, step.wants)
		}
	}
}

func TestFormerSchemaIsAdoptedFromItsLastStepOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ change, want string }{
		"older": {
			"delete from goose_db_version where version_id = 71",
			"schema version 67, and this program goes on from 71 only",
		},
		"taken back": {
			"insert into goose_db_version (version_id, is_applied) values (71, false)",
			"schema version 67, and this program goes on from 71 only",
		},
		"newer": {
			"insert into goose_db_version (version_id, is_applied) values (72, true)",
			"schema version 72 of another line",
		},
		"with gap": {
			"delete from goose_db_version where version_id = 47",
			"schema version 71, but lacks steps before it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := testkit.FormerDatabase(t)
			if _, err := b.Pool(t).Exec(t.Context(), c.change); err != nil {
				t.Fatal(err)
			}
			err := postgres.Migrate(t.Context(), b.OwnerURL, "")
			var former *postgres.FormerSchemaError
			if !errors.As(err, &former) || !contains(err, c.want) {
				t.Errorf("err = %v, want %q", err, c.want)
			}
			if says(t, b.Pool(t), "select coalesce(to_regclass('public.schema_file')::text, 'none')") != "none" {
				t.Error("something was changed")
			}
		})
	}
}

// A migration gives way to whoever uses a table and tries again.
func TestMigrationWaitsPolitely(t *testing.T) {
	t.Parallel()
	pool := ownerPool(t, testkit.EmptyDatabase(t))
	first := files(fstest.MapFS{"tables/00001_roles.sql": roles(t)}, pets)
	if err := postgres.MigrateFiles(t.Context(), pool, first); err != nil {
		t.Fatal(err)
	}
	holder, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.Exec(t.Context(), "select from pet"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		later := files(first, map[string]string{"tables/00003_pet_age": "alter table pet add column age integer;"})
		done <- postgres.MigrateFiles(t.Context(), pool, later)
	}()
	// It waits for the table, and then no longer, though the holder still holds it.
	const waiting = "select (count(*) > 0)::text from pg_stat_activity where datname = current_database() and " +
		"wait_event = 'relation'"
	for _, want := range []string{"true", "false"} {
		for says(t, pool, waiting) != want {
			select {
			case err := <-done:
				t.Fatalf("it ended: %v", err)
			case <-t.Context().Done():
				t.Fatalf("it waits: %s is not", want)
			default:
			}
		}
	}
	if err := holder.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
