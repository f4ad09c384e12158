package postgres

import (
	"context"
	"fmt"
	"slices"
)

// The numbered steps of before this schema's files were written anew by concept. Their ledger was
// goose's table; a database at the last of them has the tables of numbers up to lastAdopted.
const lastAdopted = 12

var formerSteps = []int64{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 28, 29, 30,
	34, 35, 36, 37, 38, 39, 41, 42, 43, 44, 46, 47, 51, 56, 57, 58, 61, 62, 66, 67, 71,
}

// FormerSchemaError says that a database was migrated by numbered steps, but not by all of them
// and no other, from which alone it can go on.
type FormerSchemaError struct{ Current int64 }

// Error says what to do.
func (e *FormerSchemaError) Error() string {
	last := formerSteps[len(formerSteps)-1]
	has := fmt.Sprintf("the database has schema version %d", e.Current)
	switch {
	case e.Current > last:
		return has + fmt.Sprintf(" of another line of Tonarimachi than this program's, which goes on from %d: ", last) +
			"use the program it was migrated with; nothing was changed"
	case e.Current == last:
		return has + ", but lacks steps before it: restore a backup; nothing was changed"
	}
	return has + fmt.Sprintf(", and this program goes on from %d only: ", last) +
		"run `tonarimachi migrate` of the last release before this one first, then this one's; nothing was changed"
}

// adopt takes over a database that was migrated by the numbered steps of before. Its tables are
// those that the first files make, so these count as applied; nothing of the data changes.
func (m *migration) adopt(ctx context.Context) error {
	var former bool
	if err := m.tx.QueryRow(
		ctx,
		"select to_regclass('public.goose_db_version') is not null",
	).Scan(&former); err != nil {
		return fmt.Errorf("look for former migrations: %w", err)
	}
	if !former || len(m.applied) > 0 {
		return nil
	}
	// The last entry of a version says whether it is applied.
	var steps []int64
	if err := m.tx.QueryRow(ctx, `
		select coalesce(array_agg(version_id order by version_id), '{}')
		from (select distinct on (version_id) version_id, is_applied from goose_db_version
		  order by version_id, id desc) v
		where is_applied`).Scan(&steps); err != nil {
		return fmt.Errorf("read former migrations: %w", err)
	}
	// Step 0 alone: the steps were all taken back, and the database is as a new one.
	if slices.ContainsFunc(steps, func(step int64) bool { return step > 0 }) {
		if !slices.Equal(steps, formerSteps) {
			return &FormerSchemaError{Current: slices.Max(steps)}
		}
		m.countAsApplied()
	}
	if _, err := m.tx.Exec(ctx, "drop table goose_db_version"); err != nil {
		return fmt.Errorf("leave the former ledger: %w", err)
	}
	return nil
}

// countAsApplied takes the files for applied that make what the numbered steps have made. The first
// one is run all the same: it makes schema_file, and roles where they are missing.
func (m *migration) countAsApplied() {
	for _, table := range m.schema.Tables {
		if table.Number > 1 && table.Number <= lastAdopted {
			m.applied[table.Name] = map[string]bool{table.Checksum: true}
			m.written = append(m.written, table.File)
		}
	}
}
