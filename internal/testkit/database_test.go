package testkit

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
)

func TestMain(m *testing.M) { Main(m) }

// serverOf is a superuser's pool on the server that the tests share.
func serverOf(t testing.TB) *pgxpool.Pool {
	t.Helper()
	if err := shared.open(); err != nil {
		t.Fatal(err)
	}
	return shared.admin
}

func databases(t testing.TB, pattern string) []string {
	t.Helper()
	rows, err := serverOf(
		t,
	).Query(
		t.Context(),
		"select datname from pg_database where datname like $1 order by 1",
		pattern,
	)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestTestsGetSeparateDatabasesAndLeaveNone(t *testing.T) {
	t.Parallel()
	const tests = 4
	names := make([]string, tests)
	t.Run("group", func(t *testing.T) {
		for i := range tests {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				db := Database(t)
				names[i] = db.Name
				pool := db.Pool(t)
				if _, err := pool.Exec(t.Context(), "create table mine as select $1::int as i", i); err != nil {
					t.Error(err)
				}
				if second := Database(t); second.Name == db.Name {
					t.Errorf("two databases named %s", db.Name)
				} else if _, err := second.Pool(t).Exec(t.Context(), "create table mine ()"); err != nil {
					t.Error(err)
				}
				var got int
				if err := pool.QueryRow(t.Context(), "select i from mine").Scan(&got); err != nil || got != i {
					t.Errorf("i = %d, %v; want %d", got, err, i)
				}
				straggler, err := pgx.Connect(context.WithoutCancel(t.Context()), db.OwnerURL)
				if err != nil {
					t.Error(err)
					return
				}
				t.Cleanup(func() { _ = straggler.Close(context.Background()) }) // runs before the drop
				if _, err := pgx.Connect(t.Context(), db.LoginURL); err != nil {
					t.Errorf("log in: %v", err) // left open on purpose: the drop must not mind
				}
			})
		}
	})
	seen := map[string]bool{}
	for _, name := range names {
		if name == "" || seen[name] {
			t.Errorf("names %v are not all different", names)
		}
		seen[name] = true
		if left := databases(t, name); len(left) != 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

func TestDatabaseIsMigratedAndClosedToStrangers(t *testing.T) {
	t.Parallel()
	db := Database(t)
	pool := db.Pool(t)
	for query, want := range map[string]bool{
		"select exists (select from schema_file)": true,
		"select pg_get_userbyid(datdba) = '" + embedded.OwnerRole +
			"' from pg_database where datname = current_database()": true,
		"select has_database_privilege('" + embedded.LoginRole +
			"', current_database(), 'connect')": true,
		"select has_database_privilege('public', current_database(), 'connect')":   false,
		"select has_database_privilege('public', current_database(), 'temporary')": false,
		"select has_database_privilege('" + embedded.LoginRole +
			"', current_database(), 'create')": false,
		"select rolsuper or rolbypassrls or rolinherit from pg_roles where rolname = '" + embedded.LoginRole +
			"'": false,
	} {
		var got bool
		if err := pool.QueryRow(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %v, %v; want %v", query, got, err, want)
		}
	}
}

// tiny is a small schema; it counts its migrations.
func tiny(name string, migrated *atomic.Int32) schema {
	return schema{
		version: func(w io.Writer) error { _, err := io.WriteString(w, name); return err },
		migrate: func(ctx context.Context, ownerURL, loginRole string) error {
			migrated.Add(1)
			conn, err := pgx.Connect(ctx, ownerURL)
			if err != nil {
				return err
			}
			defer func() { _ = conn.Close(ctx) }()
			_, err = conn.Exec(ctx, "create table tiny (); grant select on tiny to "+quote(loginRole))
			return err
		},
	}
}

// otherBinary is a ground as another test binary would have it on the same server.
func otherBinary(t *testing.T, s schema) *ground {
	t.Helper()
	serverOf(t)
	g := &ground{schema: s, adminURL: shared.adminURL}
	t.Cleanup(func() {
		if err := g.close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return g
}

func dropTemplate(t *testing.T, name string) {
	t.Helper()
	for _, statement := range []string{
		"alter database " + quote(name) + " is_template false",
		"drop database " + quote(name),
	} {
		if _, err := serverOf(t).Exec(context.WithoutCancel(t.Context()), statement); err != nil {
			t.Error(err)
		}
	}
}

func TestBinariesShareOneTemplate(t *testing.T) {
	t.Parallel()
	var migrated atomic.Int32
	name := "shared " + t.TempDir()
	var group sync.WaitGroup
	for range 4 {
		g := otherBinary(t, tiny(name, &migrated))
		group.Go(func() {
			if err := g.open(); err != nil {
				t.Errorf("open: %v", err)
			}
		})
	}
	group.Wait()
	if n := migrated.Load(); n != 1 {
		t.Errorf("%d migrations, want 1", n)
	}
	late := otherBinary(t, tiny(name, &migrated))
	t.Run("clone", func(t *testing.T) {
		if _, err := late.database(t).Pool(t).Exec(t.Context(), "select from tiny"); err != nil {
			t.Error(err)
		}
	})
	changed := otherBinary(t, tiny(name+" changed", &migrated))
	if err := changed.open(); err != nil {
		t.Fatal(err)
	}
	if n := migrated.Load(); n != 2 || changed.template == late.template {
		t.Errorf("%d migrations in all, want 2; templates %s and %s", n, late.template, changed.template)
	}
	dropTemplate(t, late.template)
	dropTemplate(t, changed.template)
}

func TestHalfMadeTemplateIsMadeAgain(t *testing.T) {
	t.Parallel()
	var migrated atomic.Int32
	good := tiny("half "+t.TempDir(), &migrated)
	broken := good
	broken.migrate = func(ctx context.Context, ownerURL, loginRole string) error {
		return fmt.Errorf("after the first table: %w", good.migrate(ctx, ownerURL, loginRole))
	}
	if err := otherBinary(t, broken).open(); err == nil || !strings.Contains(err.Error(), "after the first table") {
		t.Fatalf("err = %v, want the migration's", err)
	}
	next := otherBinary(t, good)
	if err := next.open(); err != nil {
		t.Fatal(err)
	}
	if left := databases(t, next.template+"%"); len(left) != 1 {
		t.Errorf("databases %v, want only %s", left, next.template)
	}
	dropTemplate(t, next.template)
}

func TestSweepRemovesFoldersOfTheDead(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dead := exec.CommandContext(t.Context(), "true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	folder := func(pid int) string {
		path := filepath.Join(os.TempDir(), folderPrefix+strconv.Itoa(pid)+"-1")
		if err := os.MkdirAll(filepath.Join(path, "postgres", "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		return path
	}
	old, ours := folder(dead.Process.Pid), folder(os.Getpid())
	if err := sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("a dead binary's folder: %v, want not exist", err)
	}
	if _, err := os.Stat(ours); err != nil {
		t.Errorf("a living binary's folder: %v", err)
	}
}

// BenchmarkClone is why cloneStrategy is what it is.
func BenchmarkClone(b *testing.B) {
	admin := serverOf(b)
	for _, strategy := range []string{"file_copy", "wal_log"} {
		b.Run(strategy, func(b *testing.B) {
			for b.Loop() {
				for _, statement := range []string{
					"create database bench template " + quote(shared.template) + " strategy " + strategy,
					"drop database bench with (force)",
				} {
					if _, err := admin.Exec(b.Context(), statement); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
		b.Run(strategy+"/parallel", func(b *testing.B) {
			var number atomic.Int64
			b.RunParallel(func(work *testing.PB) {
				for work.Next() {
					name := quote(fmt.Sprint("bench_", number.Add(1)))
					for _, statement := range []string{
						"create database " + name + " template " + quote(shared.template) + " strategy " + strategy,
						"drop database " + name + " with (force)",
					} {
						if _, err := admin.Exec(b.Context(), statement); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		})
	}
}
