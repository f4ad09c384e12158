package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
)

// ServerVariable names a superuser's URL of a server to use instead of a private one.
const ServerVariable = "TONARIMACHI_TEST_DATABASE_URL"

// Bundle is one test's database.
type Bundle struct {
	Name string
	// OwnerURL migrates, LoginURL is what the program gets, AdminURL is a superuser's.
	OwnerURL, LoginURL, AdminURL string

	once sync.Once
	pool *pgxpool.Pool
	err  error
}

// Database gives the test a migrated, empty database of its own and drops it when the test ends, whoever is still
// connected.
func Database(t testing.TB) *Bundle {
	t.Helper()
	return shared.database(t)
}

// Pool connects as superuser, past row-level security: for arranging and asserting. The pool closes with the test.
func (b *Bundle) Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	b.once.Do(func() {
		if b.pool, b.err = pgxpool.New(t.Context(), b.AdminURL); b.err == nil {
			t.Cleanup(b.pool.Close)
		}
	})
	if b.err != nil {
		t.Fatalf("open test database %s: %v", b.Name, b.err)
	}
	return b.pool
}

// Main runs the package's tests and then ends the private server. The run fails when a connection was asked for while another of the same pool was held
// (postgres.Strict), whatever became of it. Call it from TestMain; it does not return.
func Main(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	managed = true
	var second atomic.Bool
	postgres.Strict(func(found postgres.Second) {
		second.Store(true)
		fmt.Fprintf(os.Stderr, "testkit: %s asks for a connection of %s while it holds one of %s\n%s\n", found.Place, found.Wanted, found.Held, debug.Stack())
	})
	defer func() {
		if second.Load() {
			fmt.Fprintln(os.Stderr, "testkit: a connection was asked for while another was held, see above")
			code = max(code, 1)
		}
	}()
	defer func() {
		if err := shared.close(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "testkit:", err) // no test is left to report to
			code = max(code, 1)
		}
	}()
	return m.Run()
}

var (
	managed bool
	shared  = &ground{schema: realSchema}
)

// ground is a server with one template on it, both made at first use.
type ground struct {
	schema schema

	once      sync.Once
	err       error
	private   *private // nil on a server that is not ours
	adminURL  string
	passwords embedded.Passwords
	admin     *pgxpool.Pool
	template  string
}

// open is not bound to the test that happens to come first: others wait for the same.
func (g *ground) open() error {
	g.once.Do(func() { g.err = g.prepare(context.Background()) })
	return g.err
}

func (g *ground) prepare(ctx context.Context) (err error) {
	if g.adminURL == "" {
		g.adminURL = os.Getenv(ServerVariable) //nolint:forbidigo // tests have no settings
	}
	if g.adminURL == "" {
		if !managed {
			return errors.New(`the package needs "func TestMain(m *testing.M) { testkit.Main(m) }", which ends the server`)
		}
		if g.private, err = startPrivate(ctx); err != nil {
			return err
		}
		g.adminURL = g.private.server.AdminURL("")
	}
	if g.passwords, err = embedded.DerivePasswords(g.adminURL); err != nil {
		return err
	}
	if g.admin, err = pgxpool.New(ctx, g.adminURL); err != nil {
		return fmt.Errorf("connect to test server: %w", err)
	}
	g.template, err = g.makeTemplate(ctx)
	return err
}

func (g *ground) close(ctx context.Context) error {
	if g.admin != nil {
		g.admin.Close()
	}
	if g.private != nil {
		return g.private.stop(ctx)
	}
	return nil
}

func (g *ground) database(t testing.TB) *Bundle {
	t.Helper()
	if err := g.open(); err != nil {
		t.Fatalf("prepare test server: %v", err)
	}
	b := &Bundle{Name: "tnm_test_" + strings.ToLower(rand.Text()[:16])}
	var err error
	if b.OwnerURL, b.LoginURL, err = embedded.RoleURLs(g.adminURL, b.Name, g.passwords); err != nil {
		t.Fatal(err)
	}
	if b.AdminURL, err = withDatabase(g.adminURL, b.Name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := g.admin.Exec(context.WithoutCancel(t.Context()), "drop database if exists "+quote(b.Name)+" with (force)"); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	if err := g.clone(t.Context(), b.Name); err != nil {
		t.Fatal(err)
	}
	return b
}

func (g *ground) clone(ctx context.Context, name string) error {
	conn, err := g.admin.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("clone test database: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "create database "+quote(name)+" owner "+quote(embedded.OwnerRole)+" template "+quote(g.template)+" strategy "+cloneStrategy); err != nil {
		return fmt.Errorf("clone test database: %w", err)
	}
	return embedded.Restrict(ctx, conn.Conn(), name)
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func withDatabase(databaseURL, name string) (string, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return "", fmt.Errorf("read %s: not a URL", ServerVariable)
	}
	u.Path = "/" + name
	return u.String(), nil
}
