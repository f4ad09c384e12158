package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
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

// Database gives the test a migrated, empty database of its own and drops it when the test ends,
// whoever is still connected.
func Database(t testing.TB) *Bundle {
	t.Helper()
	return shared.database(t)
}

// EmptyDatabase gives the test a database that was never migrated, with no extension, of its own.
func EmptyDatabase(t testing.TB) *Bundle {
	t.Helper()
	if err := shared.open(); err != nil {
		t.Fatalf("prepare test server: %v", err)
	}
	return shared.cloneOf(t, "template0")
}

// Pool connects as superuser, past row-level security: for arranging and asserting. The pool closes
// with the test.
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

// Main runs the package's tests and then ends the private server. The run fails when a connection
// was asked for while another of the same pool was held (postgres.Strict), whatever became of it.
// Call it from TestMain; it does not return.
func Main(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) (code int) {
	managed = true
	var second atomic.Bool
	postgres.Strict(func(found postgres.Second) {
		second.Store(true)
		fmt.Fprintf(
			os.Stderr,
			"testkit: %s asks for a connection of %s while it holds one of %s\n%s\n",
			found.Place,
			found.Wanted,
			found.Held,
			debug.Stack(),
		)
	})
	defer func() {
		if second.Load() {
			fmt.Fprintln(os.Stderr, "testkit: a connection was asked for while another was held, see above")
			code = max(code, 1)
		}
	}()
	defer func() {
		for _, f := range slices.Backward(atEnd) {
			f()
		}
		if err := shared.close(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, "testkit:", err) // no test is left to report to
			code = max(code, 1)
		}
	}()
	return m.Run()
}

// AtEnd has Main call f when the tests are over, before it ends the server.
func AtEnd(f func()) {
	atEndLock.Lock()
	defer atEndLock.Unlock()
	atEnd = append(atEnd, f)
}

var (
	managed   bool
	atEndLock sync.Mutex
	atEnd     []func()
	shared    = &ground{schema: realSchema}
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

	mu     sync.Mutex
	filled []string // databases that outlive a test, see Filled
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
			return errors.New(
				`the package needs "func TestMain(m *testing.M) { testkit.Main(m) }", which ends the server`,
			)
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
	var errs []error
	if g.admin != nil {
		for _, name := range g.filled {
			errs = append(errs, g.drop(ctx, name))
		}
		g.admin.Close()
	}
	if g.private != nil {
		errs = append(errs, g.private.stop(ctx))
	}
	return errors.Join(errs...)
}

func (g *ground) database(t testing.TB) *Bundle {
	t.Helper()
	if err := g.open(); err != nil {
		t.Fatalf("prepare test server: %v", err)
	}
	return g.cloneOf(t, g.template)
}

// cloneOf gives the test a copy of a database and drops it when the test ends.
func (g *ground) cloneOf(t testing.TB, template string) *Bundle {
	t.Helper()
	b, err := g.bundle()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.drop(context.WithoutCancel(t.Context()), b.Name); err != nil {
			t.Error(err)
		}
	})
	if err := g.clone(t.Context(), template, b.Name); err != nil {
		t.Fatal(err)
	}
	return b
}

// bundle names a database that does not exist yet.
func (g *ground) bundle() (*Bundle, error) {
	b := &Bundle{Name: "tnm_test_" + strings.ToLower(rand.Text()[:16])}
	var err error
	if b.OwnerURL, b.LoginURL, err = embedded.RoleURLs(g.adminURL, b.Name, g.passwords); err != nil {
		return nil, err
	}
	b.AdminURL, err = withDatabase(g.adminURL, b.Name)
	return b, err
}

func (g *ground) drop(ctx context.Context, name string) error {
	if _, err := g.admin.Exec(ctx, "drop database if exists "+quote(name)+" with (force)"); err != nil {
		return fmt.Errorf("drop test database: %w", err)
	}
	return nil
}

func (g *ground) clone(ctx context.Context, template, name string) error {
	conn, err := g.admin.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("clone test database: %w", err)
	}
	defer conn.Release()
	statement := fmt.Sprintf("create database %s owner %s template %s encoding 'UTF8' strategy %s",
		quote(name), quote(embedded.OwnerRole), quote(template), cloneStrategy)
	if _, err := conn.Exec(ctx, statement); err != nil {
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
