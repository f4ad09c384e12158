package testkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"

	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
	"github.com/tonarimachi/tonarimachi/migrations"
)

// cloneStrategy takes half the time of wal_log with fsync off (21 against 40 ms in memory); see
// BenchmarkClone.
const cloneStrategy = "file_copy"

// templateLock is held while a template is made, so that test binaries make it once ("tnm tmpl" in
// ASCII).
const templateLock int64 = 0x746e6d20746d706c

// schema is what a template holds.
type schema struct {
	// version writes to w what changes whenever the migrations do.
	version func(w io.Writer) error
	migrate func(ctx context.Context, ownerURL, loginRole string) error
}

var realSchema = schema{version: writeRealVersion, migrate: postgres.Migrate}

func writeRealVersion(w io.Writer) error {
	if err := writeFiles(w, migrations.FS); err != nil {
		return err
	}
	queue, err := rivermigrate.New(riverpgxv5.New(nil), nil)
	if err != nil {
		return fmt.Errorf("read queue migrations: %w", err)
	}
	for _, version := range queue.AllVersions() {
		_, _ = fmt.Fprintln(w, "queue", version.Version)
	}
	return nil
}

// writeFiles writes every file's name, size and content, in order.
func writeFiles(w io.Writer, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(w, "%s %d\n", path, len(text))
		_, err = w.Write(text)
		return err
	})
}

// makeTemplate gives the name of the migrated template, making it if no process has yet. It carries
// its final name only when it is complete; what a killed process left half made is dropped.
func (g *ground) makeTemplate(ctx context.Context) (string, error) {
	hash := sha256.New()
	if err := g.schema.version(hash); err != nil {
		return "", fmt.Errorf("read migrations: %w", err)
	}
	name := "tnm_template_" + hex.EncodeToString(hash.Sum(nil)[:8])
	conn, err := g.admin.Acquire(ctx)
	if err != nil {
		return "", fmt.Errorf("make template: %w", err)
	}
	// The lock belongs to the session: it ends with it, even if the unlock below should fail.
	defer func() { _ = conn.Hijack().Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "select pg_advisory_lock($1)", templateLock); err != nil {
		return "", fmt.Errorf("make template: lock: %w", err)
	}
	var exists bool
	if err := conn.QueryRow(
		ctx,
		"select exists (select from pg_database where datname = $1)",
		name,
	).Scan(
		&exists,
	); err != nil {
		return "", fmt.Errorf("make template: look it up: %w", err)
	}
	if exists {
		// A server that is not ours may have lost the roles' passwords since.
		_, _, err := embedded.Prepare(ctx, g.adminURL, "postgres", g.passwords)
		return name, err
	}
	making := name + "_making"
	if _, err := conn.Exec(ctx, "drop database if exists "+quote(making)+" with (force)"); err != nil {
		return "", fmt.Errorf("make template: drop leftover: %w", err)
	}
	ownerURL, _, err := embedded.Prepare(ctx, g.adminURL, making, g.passwords)
	if err != nil {
		return "", err
	}
	if err := g.schema.migrate(ctx, ownerURL, embedded.LoginRole); err != nil {
		return "", fmt.Errorf("make template: migrate: %w", err)
	}
	// Nobody may connect to a template: that would hinder those who clone it. A backend that is
	// just leaving may still be there.
	for _, statement := range []string{
		"alter database " + quote(making) + " allow_connections false",
		"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '" + making + "'",
		"alter database " + quote(making) + " is_template true",
		"alter database " + quote(making) + " rename to " + quote(name),
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", fmt.Errorf("make template: %w", err)
		}
	}
	return name, nil
}
