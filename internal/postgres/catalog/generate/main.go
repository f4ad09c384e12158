// Command generate migrates a private server and writes what its schema is: the SQL to the first
// file it is given, the drawings to the second.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/catalog"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
	"github.com/tonarimachi/tonarimachi/migrations"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate SCHEMA.sql TABLES.md")
		os.Exit(2)
	}
	if err := run(context.Background(), os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sqlFile, pageFile string) (err error) {
	dir, err := os.MkdirTemp("", "tonarimachi-schema-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, embedded.Discard(ctx, dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // root's stand-in account passes through
		return fmt.Errorf("open the folder: %w", err)
	}
	server, err := embedded.Start(ctx, embedded.Options{Dir: dir, Settings: map[string]string{"fsync": "off"}})
	if err != nil {
		return fmt.Errorf("start a server: %w", err)
	}
	defer func() { err = errors.Join(err, server.Stop(ctx)) }()
	schema, err := read(ctx, server)
	if err != nil {
		return err
	}
	for file, text := range map[string]string{sqlFile: schema.SQL(), pageFile: schema.Markdown()} {
		err := os.WriteFile(file, []byte(text), 0o644) //nolint:gosec // documents, for everybody to read
		if err != nil {
			return fmt.Errorf("write %s: %w", file, err)
		}
	}
	return nil
}

func read(ctx context.Context, server *embedded.Server) (catalog.Schema, error) {
	files, err := migrations.Read(migrations.FS)
	if err != nil {
		return catalog.Schema{}, err
	}
	ownerURL, _, err := server.Prepare(ctx, "schema")
	if err != nil {
		return catalog.Schema{}, err
	}
	if err := postgres.Migrate(ctx, ownerURL, ""); err != nil {
		return catalog.Schema{}, err
	}
	pool, err := pgxpool.New(ctx, ownerURL)
	if err != nil {
		return catalog.Schema{}, fmt.Errorf("connect: %w", err)
	}
	defer pool.Close()
	return catalog.Read(ctx, pool, files)
}
