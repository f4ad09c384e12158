package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// existing is a function of the database, as it was when the migration began. Names are quoted
// where they must be.
type existing struct {
	oid       uint32
	signature string
	grantees  []string
	triggers  []string // name on table
}

// readFunctions gives the functions of the schema by name, without those of extensions.
func readFunctions(ctx context.Context, tx pgx.Tx) (map[string][]existing, error) {
	rows, err := tx.Query(ctx, `
		select p.proname::text, p.oid, p.oid::regprocedure::text,
		  array(select distinct quote_ident(r.rolname)
		    from aclexplode(p.proacl) a join pg_roles r on r.oid = a.grantee where r.oid <> p.proowner),
		  array(select format('%I on %s', t.tgname, t.tgrelid::regclass)
		    from pg_trigger t where t.tgfoid = p.oid and not t.tgisinternal)
		from pg_proc p
		where p.pronamespace = 'public'::regnamespace
		  and not exists (
		    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`)
	if err != nil {
		return nil, fmt.Errorf("read functions: %w", err)
	}
	there := map[string][]existing{}
	var name string
	var e existing
	_, err = pgx.ForEachRow(rows, []any{&name, &e.oid, &e.signature, &e.grantees, &e.triggers}, func() error {
		there[name] = append(there[name], e)
		e = existing{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read functions: %w", err)
	}
	return there, nil
}

// strip takes a function's triggers and the right to execute it away. A table file may have dropped
// a trigger with its table by now.
func (m *migration) strip(ctx context.Context, f existing) error {
	if err := dropTriggers(ctx, m.tx, f); err != nil {
		return err
	}
	for _, role := range f.grantees {
		if _, err := m.tx.Exec(ctx, "revoke all on function "+f.signature+" from "+role); err != nil {
			return fmt.Errorf("take the right to execute %s away: %w", f.signature, err)
		}
	}
	return nil
}

func dropTriggers(ctx context.Context, tx pgx.Tx, f existing) error {
	for _, trigger := range f.triggers {
		if _, err := tx.Exec(ctx, "drop trigger if exists "+trigger); err != nil {
			return fmt.Errorf("drop trigger %s: %w", trigger, err)
		}
	}
	return nil
}

// drop fails when a policy, a default or another function still needs the function.
func drop(ctx context.Context, tx pgx.Tx, f existing) error {
	if err := dropTriggers(ctx, tx, f); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "drop function if exists "+f.signature); err != nil {
		return fmt.Errorf("drop function %s: %w", f.signature, err)
	}
	return nil
}

// replace runs the file of a function that is there in an earlier version.
func (m *migration) replace(ctx context.Context, f migrations.Function, before []existing) error {
	// The file says who may execute it and which triggers call it: nothing stays from before.
	for _, old := range before {
		if err := m.strip(ctx, old); err != nil {
			return err
		}
	}
	err := pgx.BeginFunc(ctx, m.tx, func(tx pgx.Tx) error { return m.execute(ctx, tx, f.File) })
	// 42P13 invalid_function_definition: it returns another type, or its parameters have other
	// names.
	if state, _ := Constraint(err); state == "42P13" {
		err = pgx.BeginFunc(ctx, m.tx, func(tx pgx.Tx) error {
			for _, old := range before {
				if err := drop(ctx, tx, old); err != nil {
					return err
				}
			}
			return m.execute(ctx, tx, f.File)
		})
	}
	if err != nil {
		return err
	}
	return m.dropOverloads(ctx, f, before)
}

// dropOverloads drops the function's earlier versions that take other arguments, which the file
// could not replace. The version of the file is the one whose row was written last.
func (m *migration) dropOverloads(ctx context.Context, f migrations.Function, before []existing) error {
	var now []uint32
	if err := m.tx.QueryRow(ctx, `
		select array_agg(oid order by age(xmin)) from pg_proc
		where proname = $1 and pronamespace = 'public'::regnamespace`, f.Function).Scan(&now); err != nil {
		return fmt.Errorf("look for versions of %s: %w", f.Function, err)
	}
	if len(now) < 2 {
		return nil
	}
	for _, old := range before {
		if old.oid == now[0] {
			continue
		}
		if err := drop(ctx, m.tx, old); err != nil {
			return err
		}
	}
	return nil
}
