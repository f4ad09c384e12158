package postgres

import (
	"context"
	"io/fs"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// MigrateFiles is Migrate with a test's files and without the queue.
func MigrateFiles(ctx context.Context, pool *pgxpool.Pool, files fs.FS) error {
	schema, err := migrations.Read(files)
	if err != nil {
		return err
	}
	return migrateSchema(ctx, pool, schema)
}

// RequireFiles is RequireSchema with a test's files.
func RequireFiles(ctx context.Context, pool *pgxpool.Pool, files fs.FS) error {
	schema, err := migrations.Read(files)
	if err != nil {
		return err
	}
	a, err := readApplied(ctx, pool)
	if err != nil {
		return err
	}
	return a.lacks(schema)
}
