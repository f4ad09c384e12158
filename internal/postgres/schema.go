package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// SchemaError says that the database's schema is older than this program.
type SchemaError struct {
	Current int64 // 0: never migrated
	Needed  int64
	Missing string // the first file that was not applied
}

// Error says what to do.
func (e *SchemaError) Error() string {
	if e.Current == e.Needed {
		return fmt.Sprintf(
			"the database lacks %s, which this program needs: run `tonarimachi migrate up` first", e.Missing)
	}
	return fmt.Sprintf(
		"the database has schema version %d, this program needs %d: run `tonarimachi migrate up` first",
		e.Current,
		e.Needed,
	)
}

// RequireSchema returns *SchemaError when the database's schema is older than this program. A newer
// one is fine: migrations keep the previous program working.
func (db *DB) RequireSchema(ctx context.Context) error {
	schema, err := migrations.Read(migrations.FS)
	if err != nil {
		return err
	}
	for _, p := range db.pools {
		a, err := readApplied(ctx, p.pgx)
		// 42501 insufficient_privilege: the program's roles were never granted anything here.
		if state, _ := Constraint(err); err != nil && state != "42501" {
			return err
		}
		return a.lacks(schema)
	}
	return fmt.Errorf("read schema version: no pool is open")
}

// lacks returns *SchemaError when a file was never applied. Of a function an earlier text may be
// the program's, and of a database with newer tables nothing is asked.
func (a applied) lacks(schema migrations.Schema) error {
	current, needed := a.newest(), schema.Newest()
	if current > needed {
		return nil
	}
	var files []migrations.File
	for _, table := range schema.Tables {
		files = append(files, table.File)
	}
	for _, function := range schema.Functions {
		files = append(files, function.File)
	}
	slices.SortFunc(files, func(x, y migrations.File) int { return strings.Compare(y.Name, x.Name) })
	for _, file := range files {
		if _, ok := a[file.Name][file.Checksum]; !ok {
			return &SchemaError{Current: current, Needed: needed, Missing: file.Name}
		}
	}
	return nil
}
