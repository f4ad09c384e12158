package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// installation is a server of its own, whose files can be read and copied.
type installation struct {
	*testing.T
	dir             string
	server          *embedded.Server
	ownerURL, dbURL string
	admin           *pgxpool.Pool
	clock           *clock.Fake
}

// install starts the server over a folder, a new one or one that was copied.
func install(t *testing.T, dir string, at *clock.Fake) *installation {
	t.Helper()
	i := &installation{T: t, dir: dir, clock: at}
	var err error
	// The log keeps no words of a statement, as in production; nothing else is set but what makes
	// tests quick.
	if i.server, err = embedded.Start(
		t.Context(),
		embedded.Options{Dir: dir, Settings: map[string]string{"fsync": "off", "autovacuum": "off"}},
	); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if err := i.server.Stop(ctx); err != nil {
			t.Error(err)
		}
		if err := embedded.Discard(ctx, dir); err != nil {
			t.Error(err)
		}
	})
	if i.ownerURL, i.dbURL, err = i.server.Prepare(t.Context(), "tonarimachi"); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), i.ownerURL, embedded.LoginRole); err != nil {
		t.Fatal(err)
	}
	if i.admin, err = pgxpool.New(t.Context(), i.server.AdminURL("tonarimachi")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(i.admin.Close)
	return i
}

func (i *installation) open() *postgres.DB {
	i.Helper()
	db := testkit.Open(i, postgres.Options{URL: i.dbURL, Public: 4, Staff: 2, Worker: 4, Clock: i.clock})
	return db
}

func (i *installation) exec(statement string, args ...any) {
	i.Helper()
	if _, err := i.admin.Exec(i.Context(), statement, args...); err != nil {
		i.Fatal(err)
	}
}

// backup copies the folder of the living server as an online backup does (PostgreSQL documentation,
// section 25.3.4).
func (i *installation) backup(to string) {
	i.Helper()
	session, err := i.admin.Acquire(i.Context()) // a backup ends in the session that began it
	if err != nil {
		i.Fatal(err)
	}
	defer session.Release()
	if _, err := session.Exec(i.Context(), "select pg_backup_start('test', true)"); err != nil {
		i.Fatal(err)
	}
	copyOf := func(from, to string) {
		i.Helper()
		if said, err := exec.CommandContext(i.Context(), "cp", "-Rp", from, to).CombinedOutput(); err != nil {
			i.Fatalf("copy: %v: %s", err, said)
		}
	}
	copyOf(i.dir, to)
	var label string
	if err := session.QueryRow(i.Context(), "select labelfile from pg_backup_stop(false)").Scan(&label); err != nil {
		i.Fatal(err)
	}
	data := filepath.Join(to, "postgres", "data")
	copyOf(filepath.Join(i.dir, "postgres", "data", "pg_wal")+"/.", filepath.Join(data, "pg_wal"))
	for _, running := range []string{"postmaster.pid", "postmaster.opts"} {
		if err := os.Remove(filepath.Join(data, running)); err != nil {
			i.Fatal(err)
		}
	}
	// Written into a copy of a file of the server's account, so that it belongs to that account.
	copyOf(filepath.Join(data, "PG_VERSION"), filepath.Join(data, "backup_label"))
	if err := os.WriteFile(filepath.Join(data, "backup_label"), []byte(label), 0o600); err != nil {
		i.Fatal(err)
	}
}

// inFiles says which of the canaries stand in the files of the tables, in clear.
func (i *installation) inFiles(canaries map[string][]byte) (found map[string]string) {
	i.Helper()
	found = map[string]string{}
	files := 0
	err := filepath.WalkDir(
		filepath.Join(i.dir, "postgres", "data", "base"),
		func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			content, err := os.ReadFile(path)
			for name, canary := range canaries {
				if bytes.Contains(content, canary) {
					found[name] = path
				}
			}
			return err
		},
	)
	if err != nil || files < 300 {
		i.Fatalf("%d files of tables, %v", files, err)
	}
	return found
}

// inDump says which of the canaries stand in a dump of every table there is, in clear or in
// hexadecimal.
func (i *installation) inDump(canaries map[string][]byte) (found map[string]string) {
	i.Helper()
	rows, err := i.admin.Query(
		i.Context(),
		`select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
	)
	if err != nil {
		i.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (id pgx.Identifier, err error) {
		var schema, name string
		err = row.Scan(&schema, &name)
		return pgx.Identifier{schema, name}, err
	})
	if err != nil || len(tables) < 40 {
		i.Fatalf("%d tables, %v", len(tables), err)
	}
	found = map[string]string{}
	session, err := i.admin.Acquire(i.Context())
	if err != nil {
		i.Fatal(err)
	}
	defer session.Release()
	for _, table := range tables {
		var dump bytes.Buffer
		if _, err := session.Conn().PgConn().CopyTo(
			i.Context(),
			&dump,
			"copy "+table.Sanitize()+" to stdout",
		); err != nil {
			i.Fatal(err)
		}
		for name, canary := range canaries {
			if bytes.Contains(dump.Bytes(), canary) ||
				bytes.Contains(dump.Bytes(), []byte(hex.EncodeToString(canary))) {
				found[name] = table.Sanitize()
			}
		}
	}
	return found
}

func (i *installation) stored(query string, args ...any) (value []byte) {
	i.Helper()
	if err := i.admin.QueryRow(i.Context(), query, args...).Scan(&value); err != nil {
		i.Fatal(err)
	}
	if len(value) < 16 {
		i.Fatalf("%s gives %d bytes", query, len(value))
	}
	return value
}

// guest takes a seat with all that a resident can leave, and gives what would lead back to them.
func (i *installation) guest(
	e testkit.Event,
	tickets *ticket.Service,
	keys *secret.Keys,
) (secret.Ticket, map[string][]byte) {
	i.Helper()
	code, t, err := tickets.Take(
		i.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 2, Nickname: "かなりやカナリアかなりや"},
	)
	if err != nil {
		i.Fatal(err)
	}
	if _, err := tickets.StartCalendar(i.Context(), code); err != nil {
		i.Fatal(err)
	}
	if _, err := tickets.DayCode(i.Context(), code); err != nil {
		i.Fatal(err)
	}
	return code, map[string][]byte{
		"sealed nickname": i.stored(
			"select convert_to(nickname, 'UTF8') from ticket where id = $1",
			t.ID,
		),
		"secret's MAC": keys.TicketMACs(code)[0],
		"calendar's MAC": i.stored(
			"select calendar_mac from ticket where id = $1",
			t.ID,
		),
		"day code's MAC": i.stored("select day_code_mac from ticket where id = $1", t.ID),
	}
}

// After a date and its seven days nothing that led to anybody is left: neither in a dump nor, once
// the tables were rewritten, in any byte of their files.
func TestErasedFiles(t *testing.T) {
	t.Parallel()
	i := install(t, demoDir(t), clock.NewFake(clock.Today(clock.System()).At(10, 0)))
	keys, err := secret.NewKeys([]byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		t.Fatal(err)
	}
	db := i.open()
	tickets := ticket.New(db, keys, rand.Reader, nil)
	t.Cleanup(tickets.Close)
	org := testkit.NewOrganization(t, i.admin, "kita")
	e := testkit.NewEvent(t, i.admin, org, testkit.EventOptions{StartsAt: i.clock.Now().Add(4 * time.Hour)})
	_, canaries := i.guest(e, tickets, keys)

	i.exec("checkpoint")
	if files, dump := i.inFiles(
		canaries,
	), i.inDump(
		canaries,
	); len(files) != len(canaries) ||
		len(dump) != len(canaries) {
		t.Fatalf("while the date lives, its canaries stand in %v and %v: the search does not see them", files, dump)
	}
	i.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Second))
	for _, task := range app.Tasks(db) {
		if _, err := task.Do(t.Context()); err != nil {
			t.Fatalf("%s: %v", task.Name, err)
		}
	}
	if left := i.inDump(canaries); len(left) > 0 {
		t.Errorf("a dump still tells %v", left)
	}
	i.exec("vacuum full")
	i.exec("checkpoint")
	if left := i.inFiles(canaries); len(left) > 0 {
		t.Errorf("the files still tell %v", left)
	}
}
