package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

const testKey = "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY="

func serveSettings(url string) map[string]string {
	return map[string]string{
		"TONARIMACHI_DATABASE_URL": url,
		"TONARIMACHI_SECRET_KEY":   testKey,
		"TONARIMACHI_BASE_URL":     "http://127.0.0.1",
		"TONARIMACHI_LISTEN":       "127.0.0.1:0",
	}
}

// workSettings are those of a process that runs jobs.
func workSettings(t *testing.T, url string) map[string]string {
	t.Helper()
	settings := serveSettings(url)
	settings["TONARIMACHI_CONTACT_KEY"] = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU="
	settings["TONARIMACHI_CONTACT_DIR"] = filepath.Join(t.TempDir(), "contact-keys")
	return settings
}

func TestServeTellsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	refuses(
		t,
		map[string]string{"TONARIMACHI_LISTEN": "nowhere"},
		[]string{"serve"},
		"TONARIMACHI_DATABASE_URL is missing",
		"TONARIMACHI_SECRET_KEY is missing",
		"TONARIMACHI_BASE_URL is missing",
		"TONARIMACHI_LISTEN can't be read",
	)
}

func TestServeRefusesAccountsThatCouldStepAroundTheRules(t *testing.T) {
	t.Parallel()
	db := testkit.Database(t)
	refuses(t, serveSettings(db.AdminURL), []string{"serve"}, "must not be superuser")
	refuses(t, serveSettings(db.OwnerURL), []string{"serve"}, "role")
	refuses(
		t,
		serveSettings(strings.Replace(db.LoginURL, "tonarimachi:", "tonarimachi:x", 1)),
		[]string{"serve"},
		"password",
	)
	refuses(
		t,
		workSettings(t, "postgres://tonarimachi:x@127.0.0.1:1/none"),
		[]string{"worker"},
		"Check the database's address",
	)
}

func TestServeRefusesAnOldSchema(t *testing.T) {
	t.Parallel()
	db := testkit.Database(t)
	if _, err := db.Pool(
		t,
	).Exec(
		t.Context(),
		"delete from schema_file where name = (select max(name) from schema_file where name like 'tables/%')",
	); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "worker"} {
		refuses(t, workSettings(t, db.LoginURL), []string{command}, "this program needs", "tonarimachi migrate up")
	}
	if _, err := db.Pool(t).Exec(t.Context(), "drop table schema_file"); err != nil {
		t.Fatal(err)
	}
	refuses(t, serveSettings(db.LoginURL), []string{"serve"}, "schema version 0")
}

func TestMigrateGrantsTheLoginItsRoles(t *testing.T) {
	t.Parallel()
	db := testkit.EmptyDatabase(t)
	settings := serveSettings(db.LoginURL)
	settings["TONARIMACHI_OWNER_DATABASE_URL"] = db.OwnerURL
	settings["TONARIMACHI_METRICS_LISTEN"] = "127.0.0.1:0"
	if said := tells(t, settings, "migrate", "status"); !strings.Contains(said, "schema version 0") {
		t.Errorf("status says %q", said)
	}
	refuses(t, settings, []string{"serve"}, "tonarimachi migrate up")
	if said := tells(
		t,
		settings,
		"migrate",
	); strings.Contains(said, "No account") ||
		strings.Contains(said, "schema version 0") {
		t.Errorf("up says %q", said)
	}
	p := start(t, settings, "serve")
	p.await("serving")
	p.interrupt()
}

func TestCommandsExplainThemselves(t *testing.T) {
	t.Parallel()
	said := tells(t, nil, "help")
	for _, command := range []string{
		"demo",
		"serve",
		"worker",
		"migrate",
		"staff",
		"import",
		"export",
		"holidays",
		"version",
	} {
		if !strings.Contains(said, "\n  "+command+" ") {
			t.Errorf("help says nothing of %s:\n%s", command, said)
		}
	}
	refuses(t, nil, []string{"dmeo"}, "unknown command", "tonarimachi help")
	refuses(t, nil, []string{"staff", "add"}, "organization")
	if said := tells(t, nil, "version"); !strings.HasPrefix(said, "tonarimachi ") {
		t.Errorf("version says %q", said)
	}
}

func TestJobsNeedTheContactKey(t *testing.T) {
	t.Parallel()
	db := testkit.Database(t)
	for _, args := range [][]string{{"worker"}, {"serve", "--with-worker"}} {
		refuses(
			t,
			serveSettings(db.LoginURL),
			args,
			"TONARIMACHI_CONTACT_KEY is missing",
			"TONARIMACHI_CONTACT_DIR is missing",
		)
		settings := workSettings(t, db.LoginURL)
		settings["TONARIMACHI_CONTACT_KEY"] = testKey
		refuses(t, settings, args, "TONARIMACHI_CONTACT_KEY is the same as TONARIMACHI_SECRET_KEY")
		settings = workSettings(t, db.LoginURL)
		settings["TONARIMACHI_SMTP_URL"] = "smtp://canary:canary@mail.example.jp/x"
		refuses(t, settings, args, "TONARIMACHI_SMTP_URL can't be read", "TONARIMACHI_MAIL_FROM is missing")
	}
	p := start(t, workSettings(t, db.LoginURL), "worker")
	p.await("working")
	// Another folder than the one whose keys are needed: none is yet, so it is taken.
	p.interrupt()
	start(t, workSettings(t, db.LoginURL), "worker").await("working")
}
