package postgres

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// SchemaError says that the database's schema is older than this program.
type SchemaError struct {
	Current int64 // 0: never migrated
	Needed  int64
}

// Error says what to do.
func (e *SchemaError) Error() string {
	return fmt.Sprintf("the database has schema version %d, this program needs %d: run `tonarimachi migrate up` first", e.Current, e.Needed)
}

// RequireSchema returns *SchemaError when the database's schema is older than this program. A newer one is fine: migrations keep the previous program
// working.
func (db *DB) RequireSchema(ctx context.Context) error {
	needed, err := newestMigration(migrations.FS)
	if err != nil {
		return err
	}
	for _, p := range db.pools {
		// The newest version whose last entry says that it was applied.
		var current int64
		err := p.pgx.QueryRow(ctx, `
			select coalesce(max(version_id), 0)
			from (select distinct on (version_id) version_id, is_applied from goose_db_version order by version_id, id desc) v
			where is_applied`).Scan(&current)
		// 42P01 undefined_table, 42501 insufficient_privilege: from before versions could be read, or never migrated.
		if state, _ := Constraint(err); err != nil && state != "42P01" && state != "42501" {
			return fmt.Errorf("read schema version: %w", err)
		}
		if current < needed {
			return &SchemaError{Current: current, Needed: needed}
		}
		return nil
	}
	return fmt.Errorf("read schema version: no pool is open")
}

func newestMigration(files fs.FS) (int64, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("list migrations: %w", err)
	}
	var newest int64
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("list migrations: %s has no number", name)
		}
		newest = max(newest, version)
	}
	return newest, nil
}
