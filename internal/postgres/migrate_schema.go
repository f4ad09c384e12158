package postgres

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// applied is what schema_file says: by file, the checksums that were ever applied, true for the one
// in force.
type applied map[string]map[string]bool

// newest gives the number of the newest table file, 0 for none.
func (a applied) newest() (number int64) {
	for name := range a {
		number = max(number, tableNumber(name))
	}
	return number
}

// tableNumber gives 0 for what is no table file.
func tableNumber(name string) int64 {
	folder, base := path.Split(name)
	digits, _, _ := strings.Cut(base, "_")
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || folder != "tables/" {
		return 0
	}
	return number
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// readApplied gives an empty map for a database that was never migrated.
func readApplied(ctx context.Context, db querier) (applied, error) {
	a := applied{}
	var there bool
	if err := db.QueryRow(ctx, "select to_regclass('public.schema_file') is not null").Scan(&there); err != nil {
		return a, fmt.Errorf("read what was applied: %w", err)
	}
	if !there {
		return a, nil
	}
	rows, err := db.Query(ctx, "select name, checksum, in_force from schema_file")
	if err != nil {
		return a, fmt.Errorf("read what was applied: %w", err)
	}
	var name, checksum string
	var inForce bool
	_, err = pgx.ForEachRow(rows, []any{&name, &checksum, &inForce}, func() error {
		if a[name] == nil {
			a[name] = map[string]bool{}
		}
		a[name][checksum] = inForce
		return nil
	})
	if err != nil {
		return a, fmt.Errorf("read what was applied: %w", err)
	}
	return a, nil
}

// migration applies a schema's files within one transaction.
type migration struct {
	tx      pgx.Tx
	schema  migrations.Schema
	applied applied
	there   map[string][]existing // functions of the database by name
	done    map[string]bool       // functions looked at
	written []migrations.File
	granted bool // tnm_ledger may own something new
}

func applySchema(ctx context.Context, tx pgx.Tx, schema migrations.Schema) error {
	if _, err := tx.Exec(ctx, `
		select pg_advisory_xact_lock(hashtext('tonarimachi schema migration'));
		set local lock_timeout = '`+migrationLock+`';
		-- Functions may name tables and functions that come after them.
		set local check_function_bodies = off`); err != nil {
		return fmt.Errorf("take turns: %w", err)
	}
	m := &migration{tx: tx, schema: schema, done: map[string]bool{}}
	var err error
	if m.applied, err = readApplied(ctx, tx); err != nil {
		return err
	}
	if m.there, err = readFunctions(ctx, tx); err != nil {
		return err
	}
	if err := m.adopt(ctx); err != nil {
		return err
	}
	for _, table := range schema.Tables {
		if err := m.table(ctx, table); err != nil {
			return err
		}
	}
	if err := m.functions(ctx); err != nil {
		return err
	}
	if m.granted {
		if _, err := tx.Exec(ctx, "revoke create on schema public from tnm_ledger"); err != nil {
			return fmt.Errorf("take the right to create back: %w", err)
		}
	}
	return m.record(ctx)
}

func (m *migration) table(ctx context.Context, table migrations.Table) error {
	if before := m.applied[table.Name]; before != nil {
		if !before[table.Checksum] {
			return fmt.Errorf(
				"%s.sql was changed after it was applied: put it back, a change of tables is a new file", table.Name)
		}
		return nil
	}
	if newest := m.applied.newest(); newest > table.Number && table.Number > 1 {
		return fmt.Errorf(
			"%s.sql is new, but number %d was applied already: give it a higher number",
			table.Name,
			newest,
		)
	}
	for _, need := range table.Needs {
		if err := m.function(ctx, m.schema.Functions[need]); err != nil {
			return err
		}
	}
	return m.execute(ctx, m.tx, table.File)
}

func (m *migration) execute(ctx context.Context, tx pgx.Tx, file migrations.File) error {
	if _, err := tx.Exec(ctx, file.Text); err != nil {
		return fmt.Errorf("%s.sql: %w", file.Name, err)
	}
	m.written = append(m.written, file)
	return nil
}

// letLedgerOwn lets tnm_ledger own functions, for which it must have the right to create some.
func (m *migration) letLedgerOwn(ctx context.Context, file migrations.File) error {
	if m.granted || !strings.Contains(file.Text, "owner to tnm_ledger") {
		return nil
	}
	m.granted = true
	if _, err := m.tx.Exec(ctx, "grant create on schema public to tnm_ledger"); err != nil {
		return fmt.Errorf("%s.sql: let tnm_ledger own it: %w", file.Name, err)
	}
	return nil
}

// record writes down what was applied. It comes last, since schema_file is made by a table file.
func (m *migration) record(ctx context.Context) error {
	names, checksums := make([]string, 0, len(m.written)), make([]string, 0, len(m.written))
	for _, file := range m.written {
		names, checksums = append(names, file.Name), append(checksums, file.Checksum)
	}
	if _, err := m.tx.Exec(ctx, `
		with earlier as (
		  update schema_file f set in_force = false
		  from unnest($1::text[], $2::text[]) as w (name, checksum) where f.name = w.name and f.checksum <> w.checksum)
		insert into schema_file (name, checksum)
		select name, checksum from unnest($1::text[], $2::text[]) as w (name, checksum)
		on conflict (name, checksum) do update set in_force = true, applied_at = now()`, names, checksums); err != nil {
		return fmt.Errorf("record what was applied: %w", err)
	}
	return nil
}

// functions creates those whose text changed and drops those that are gone.
func (m *migration) functions(ctx context.Context) error {
	for _, name := range slices.Sorted(maps.Keys(m.schema.Functions)) {
		if err := m.function(ctx, m.schema.Functions[name]); err != nil {
			return err
		}
	}
	for name, checksums := range m.applied {
		folder, function := path.Split(name)
		_, kept := m.schema.Functions[function]
		if folder != "functions/" || kept || !slices.Contains(slices.Collect(maps.Values(checksums)), true) {
			continue
		}
		for _, old := range m.there[function] {
			if err := drop(ctx, m.tx, old); err != nil {
				return err
			}
		}
		if _, err := m.tx.Exec(ctx, "update schema_file set in_force = false where name = $1", name); err != nil {
			return fmt.Errorf("record that %s is gone: %w", function, err)
		}
	}
	return nil
}

// function makes the database's function what the file says, with those it needs before it.
func (m *migration) function(ctx context.Context, f migrations.Function) error {
	if m.done[f.Function] {
		return nil
	}
	m.done[f.Function] = true
	for _, need := range f.Needs {
		if err := m.function(ctx, m.schema.Functions[need]); err != nil {
			return err
		}
	}
	if m.applied[f.Name][f.Checksum] {
		return nil
	}
	if err := m.letLedgerOwn(ctx, f.File); err != nil {
		return err
	}
	before := m.there[f.Function]
	if len(before) == 0 {
		return m.execute(ctx, m.tx, f.File)
	}
	return m.replace(ctx, f, before)
}
