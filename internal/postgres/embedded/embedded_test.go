package embedded

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// fast trades durability for speed; the tests about crashes go without it.
var fast = map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		os.Exit(help(dir))
	}
	os.Exit(m.Run())
}

// dataFolder is one that root's stand-in account can reach, unlike a bare t.TempDir.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(path, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func startServer(t *testing.T, o Options) *Server {
	t.Helper()
	if o.Dir == "" {
		o.Dir = dataFolder(t)
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() { stopServer(t, s) })
	return s
}

func stopServer(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(context.WithoutCancel(t.Context())); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func connect(t *testing.T, databaseURL string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), databaseURL)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func mustExec(t *testing.T, conn *pgx.Conn, statement string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func ask[T any](t *testing.T, conn *pgx.Conn, query string, args ...any) T {
	t.Helper()
	var value T
	if err := conn.QueryRow(t.Context(), query, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return value
}

func TestStartStopTwice(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataFolder(t), "made", "by us")
	first := startServer(t, Options{Dir: dir, Settings: fast})
	mustExec(t, connect(t, first.AdminURL("")), "create table kept as select 42 as answer")
	stopServer(t, first)
	stopServer(t, first)
	select {
	case <-first.Done():
	default:
		t.Error("Done is still open after Stop")
	}
	if conn, err := net.Dial("tcp", first.Addr()); err == nil {
		_ = conn.Close()
		t.Error("the server still listens after Stop")
	}

	second := startServer(t, Options{Dir: dir, Settings: fast})
	if got := ask[int](t, connect(t, second.AdminURL("")), "select answer from kept"); got != 42 {
		t.Errorf("kept row = %d, want 42", got)
	}
	stopServer(t, second)

	fresh := startServer(t, Options{Dir: dir, Settings: fast, Fresh: true})
	if ask[bool](t, connect(t, fresh.AdminURL("")), "select to_regclass('kept') is not null") {
		t.Error("Fresh kept the old table")
	}
}

func TestClusterIsPrivateAndSound(t *testing.T) {
	t.Parallel()
	s := startServer(
		t,
		Options{Settings: map[string]string{"fsync": "off", "max_connections": "37", "listen_addresses": "*"}},
	)
	conn := connect(t, s.AdminURL(""))
	for name, want := range map[string]string{
		"server_encoding":         "UTF8",
		"data_checksums":          "on",
		"listen_addresses":        "127.0.0.1",
		"unix_socket_directories": "",
		"max_connections":         "37",
		"fsync":                   "off",
		"synchronous_commit":      "on",
		"password_encryption":     "scram-sha-256",
	} {
		if got := ask[string](t, conn, "select current_setting($1)", name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if !ask[bool](t, conn, "select 'Ａ' ~ '\\w' and lower('Ａ') = 'ａ' and 'B' < 'a'") {
		t.Error("the locale does not know Japanese letters in byte order")
	}
	if n := ask[int](
		t,
		conn,
		"select count(*)::int from pg_hba_file_rules where auth_method <> 'scram-sha-256'",
	); n != 0 {
		t.Errorf("%d ways in without a password", n)
	}

	wrong, err := url.Parse(s.AdminURL(""))
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range []*url.Userinfo{url.User(Superuser), url.UserPassword(Superuser, "postgres")} {
		wrong.User = user
		intruder, err := pgx.Connect(t.Context(), wrong.String())
		if err == nil {
			_ = intruder.Close(t.Context())
			t.Fatalf("%v was let in", user)
		}
		var refusal *pgconn.PgError
		if errors.As(err, &refusal) && !refused(err) {
			t.Errorf("refused with %s, want class 28", refusal.Code)
		}
	}
	for path, want := range map[string]fs.FileMode{
		credentialsPath(s.dir):               0o600,
		filepath.Join(s.dir, "postgres.log"): 0o600,
		s.data:                               0o700,
	} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", path, info.Mode().Perm(), want)
		}
	}
	leftovers, err := filepath.Glob(filepath.Join(filepath.Dir(s.data), "*"))
	if err != nil || len(leftovers) != 1 {
		t.Errorf("beside the cluster: %v, %v", leftovers, err)
	}
}

func TestTwoFoldersAtOnce(t *testing.T) {
	t.Parallel()
	const servers = 2
	type outcome struct {
		server *Server
		err    error
	}
	outcomes := make(chan outcome, servers)
	for range servers {
		dir := dataFolder(t)
		go func() {
			s, err := Start(t.Context(), Options{Dir: dir, Settings: fast})
			outcomes <- outcome{s, err}
		}()
	}
	pids := map[int]bool{}
	for range servers {
		o := <-outcomes
		if o.err != nil {
			t.Fatalf("Start: %v", o.err)
		}
		t.Cleanup(func() { stopServer(t, o.server) })
		connect(t, o.server.AdminURL(""))
		pids[o.server.PID()] = true
	}
	if len(pids) != servers {
		t.Errorf("%d different servers, want %d", len(pids), servers)
	}
}

// The folder may lie where the server's account cannot go (root's home). An ordinary user's own
// folder always works.
func TestFolderBelowClosedParent(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "data")
	first := startServer(t, Options{Dir: dir, Settings: fast})
	mustExec(t, connect(t, first.AdminURL("")), "create table kept ()")
	stopServer(t, first)
	outside := !strings.HasPrefix(first.data, first.dir)
	if outside != (os.Geteuid() == 0) {
		t.Errorf("cluster in %s for folder %s as uid %d", first.data, first.dir, os.Geteuid())
	}
	if outside {
		if target, err := os.Readlink(filepath.Join(dir, "cluster")); err != nil || target != filepath.Dir(first.data) {
			t.Errorf("link = %q, %v; want %q", target, err, filepath.Dir(first.data))
		}
	}

	second := startServer(t, Options{Dir: dir, Settings: fast})
	if !ask[bool](t, connect(t, second.AdminURL("")), "select to_regclass('kept') is not null") {
		t.Error("the second start lost the table")
	}
	stopServer(t, second)

	// Deleted by hand and made again: the cluster outside must not come back with passwords nobody
	// knows.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	third := startServer(t, Options{Dir: dir, Settings: fast})
	if ask[bool](t, connect(t, third.AdminURL("")), "select to_regclass('kept') is not null") {
		t.Error("a deleted folder's cluster came back")
	}
	stopServer(t, third)
	if err := Discard(t.Context(), dir); err != nil {
		t.Fatalf("Discard: %v", err)
	}
	for _, path := range []string{dir, third.data} {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after Discard %s: %v, want not exist", path, err)
		}
	}
}

func TestStartFailures(t *testing.T) {
	t.Parallel()
	t.Run("no folder named", func(t *testing.T) {
		t.Parallel()
		if _, err := Start(t.Context(), Options{}); err == nil {
			t.Error("want an error")
		}
	})
	t.Run("passwords gone", func(t *testing.T) {
		t.Parallel()
		dir := dataFolder(t)
		stopServer(t, startServer(t, Options{Dir: dir, Settings: fast}))
		if err := os.Remove(credentialsPath(dir)); err != nil {
			t.Fatal(err)
		}
		if _, err := Start(
			t.Context(),
			Options{Dir: dir, Settings: fast},
		); err == nil ||
			!strings.Contains(err.Error(), "start afresh") {
			t.Errorf("err = %v, want the advice to start afresh", err)
		}
		startServer(t, Options{Dir: dir, Settings: fast, Fresh: true})
	})
	t.Run("bad setting", func(t *testing.T) {
		t.Parallel()
		_, err := Start(
			t.Context(),
			Options{Dir: dataFolder(t), Settings: map[string]string{"fsync": "off", "max_connections": "many"}},
		)
		if err == nil || !strings.Contains(err.Error(), "max_connections") {
			t.Errorf("err = %v, want the server's own words", err)
		}
	})
	t.Run("given up", func(t *testing.T) {
		t.Parallel()
		dir := dataFolder(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := Start(ctx, Options{Dir: dir, Settings: fast}); !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v, want context.Canceled", err)
		}
		startServer(t, Options{Dir: dir, Settings: fast}) // the folder was given back
	})
	t.Run("another version's cluster", func(t *testing.T) {
		t.Parallel()
		dir := dataFolder(t)
		s := startServer(t, Options{Dir: dir, Settings: fast})
		stopServer(t, s)
		if err := os.WriteFile(filepath.Join(s.data, "PG_VERSION"), []byte("11\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Start(t.Context(), Options{Dir: dir, Settings: fast})
		var wrong *VersionError
		if !errors.As(err, &wrong) || wrong.Cluster != 11 {
			t.Errorf("err = %v, want *VersionError for 11", err)
		}
	})
	t.Run("nothing installed", func(t *testing.T) {
		t.Parallel()
		_, err := start(t.Context(), Options{Dir: dataFolder(t)}, emptyFinder(), slog.New(slog.DiscardHandler))
		var missing *NotFoundError
		if !errors.As(err, &missing) {
			t.Errorf("err = %v, want *NotFoundError", err)
		}
	})
}

func TestURL(t *testing.T) {
	t.Parallel()
	s := &Server{port: 5, secrets: credentials{Superuser: "a", Owner: "b", Login: "c"}}
	for _, tc := range []struct{ got, want string }{
		{s.AdminURL(""), "postgres://postgres:a@127.0.0.1:5/postgres?sslmode=disable"},
		{s.AdminURL("x y"), "postgres://postgres:a@127.0.0.1:5/x%20y?sslmode=disable"},
		{s.URL(OwnerRole, "d"), "postgres://tonarimachi_owner:b@127.0.0.1:5/d?sslmode=disable"},
		{s.URL(LoginRole, "d"), "postgres://tonarimachi:c@127.0.0.1:5/d?sslmode=disable"},
		{s.URL("other", "d"), "postgres://other@127.0.0.1:5/d?sslmode=disable"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %s, want %s", tc.got, tc.want)
		}
	}
}
