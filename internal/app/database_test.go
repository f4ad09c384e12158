package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// Whoever starts a process over a server that writes down what people send hears of it, once, with
// the settings to blame.
func TestStartWarnsOfATalkativeServer(t *testing.T) {
	t.Parallel()
	b := testkit.Database(t)
	set := func(statements ...string) {
		t.Helper()
		for _, s := range statements {
			if _, err := b.Pool(
				t,
			).Exec(
				t.Context(),
				`do $$ begin execute format('alter database %I `+s+`', current_database()); end $$`,
			); err != nil {
				t.Fatal(err)
			}
		}
	}
	cfg := settings(t, b.LoginURL, "http://127.0.0.1")
	said := func(handlers, jobs bool) string {
		t.Helper()
		var out bytes.Buffer
		db, err := OpenDatabase(t.Context(), cfg, slog.New(slog.NewTextHandler(&out, nil)), handlers, jobs)
		if err != nil {
			t.Fatal(err)
		}
		db.Close()
		return out.String()
	}
	set(
		"set log_error_verbosity = terse",
		"set log_parameter_max_length = 0",
		"set log_parameter_max_length_on_error = 0",
		"set log_min_duration_statement = 0",
	)
	if got := said(true, false); got != "" {
		t.Errorf("a server that keeps quiet: %s", got)
	}
	set("set log_parameter_max_length = 100")
	for name, got := range map[string]string{"serve": said(true, false), "worker": said(false, true)} {
		if strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=WARN") ||
			!strings.Contains(got, "log_min_duration_statement=0") ||
			!strings.Contains(got, "log_parameter_max_length=100") {
			t.Errorf("%s says %q", name, got)
		}
		if strings.Contains(got, "postgres://") || strings.Contains(got, testKey) {
			t.Errorf("%s tells a secret: %s", name, got)
		}
	}
}
