package catalog

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/migrations"
)

// A Schema is what schema public holds besides extensions.
type Schema struct {
	Extensions []string
	Concepts   []Concept
	Functions  []Function // by name
}

// A Concept is what one or several table files of a name make.
type Concept struct {
	Name   string // organizations
	Tables []Table
}

// A Table has all that stands with it; each text is a statement without its semicolon.
type Table struct {
	Name        string
	About       string // what the comment above it says
	Unlogged    bool
	Options     string // fillfactor=50
	Columns     []Column
	Constraints []Constraint
	Indexes     []string
	Security    []string // row-level security and policies
	Sequences   []string
	Grants      []string
	Triggers    []string
}

// A Column is one of a table's.
type Column struct {
	Name, Type string
	Required   bool
	Rest       string // default, generated
}

// A Constraint is one of a table's.
type Constraint struct {
	Name, Kind, Text string // Kind as in pg_constraint.contype
	Columns          []string
	Target           string // of a foreign key
}

// A Function is its text with owner and grants.
type Function struct {
	Name, Text string
	Grants     []string
}

// Read reads the schema. Which concept a table belongs to is what the table files say.
func Read(ctx context.Context, pool *pgxpool.Pool, files migrations.Schema) (Schema, error) {
	var s Schema
	err := pgx.BeginTxFunc(ctx, pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		// Names of schema public are written without it.
		if _, err := tx.Exec(ctx, "set local search_path = public"); err != nil {
			return err
		}
		var err error
		s, err = read(ctx, tx, files)
		return err
	})
	if err != nil {
		return Schema{}, fmt.Errorf("read catalog: %w", err)
	}
	return s, nil
}

func read(ctx context.Context, tx pgx.Tx, files migrations.Schema) (s Schema, err error) {
	if s.Extensions, err = texts(
		ctx, tx, `select extname::text from pg_extension where extname <> 'plpgsql' order by 1`,
	); err != nil {
		return s, err
	}
	tables, err := readTables(ctx, tx)
	if err != nil {
		return s, err
	}
	if s.Concepts, err = byConcept(files, tables); err != nil {
		return s, err
	}
	s.Functions, err = readFunctions(ctx, tx)
	return s, err
}

var created = regexp.MustCompile(`(?m)((?:^--.*\n)*)^create (?:unlogged )?table (\w+) \(`)

// byConcept puts the tables in the order of the files.
func byConcept(files migrations.Schema, tables map[string]Table) ([]Concept, error) {
	var concepts []Concept
	for _, file := range files.Tables {
		_, name, _ := strings.Cut(path.Base(file.Name), "_")
		i := slices.IndexFunc(concepts, func(c Concept) bool { return c.Name == name })
		for _, found := range created.FindAllStringSubmatch(file.Text, -1) {
			table, ok := tables[found[2]]
			if !ok {
				continue // a later file dropped it
			}
			delete(tables, found[2])
			table.About = strings.TrimSpace(strings.ReplaceAll("\n"+found[1], "\n--", ""))
			if i < 0 {
				i, concepts = len(concepts), append(concepts, Concept{Name: name})
			}
			concepts[i].Tables = append(concepts[i].Tables, table)
		}
	}
	for name := range tables {
		return nil, fmt.Errorf("table %s is made by no file of migrations/tables", name)
	}
	return concepts, nil
}

func readTables(ctx context.Context, tx pgx.Tx) (map[string]Table, error) {
	rows, err := tx.Query(ctx, `
		select c.oid, c.relname::text, c.relpersistence = 'u', coalesce(array_to_string(c.reloptions, ', '), ''),
		  c.relrowsecurity, c.relforcerowsecurity
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`)
	if err != nil {
		return nil, err
	}
	type row struct {
		OID             uint32
		Name            string
		Unlogged        bool
		Options         string
		Secured, Forced bool
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	if err != nil {
		return nil, err
	}
	tables := map[string]Table{}
	for _, r := range all {
		t := Table{Name: r.Name, Unlogged: r.Unlogged, Options: r.Options}
		if r.Secured {
			t.Security = append(t.Security, "alter table "+r.Name+" enable row level security")
		}
		if r.Forced {
			t.Security = append(t.Security, "alter table "+r.Name+" force row level security")
		}
		if err := readTable(ctx, tx, r.OID, &t); err != nil {
			return nil, fmt.Errorf("table %s: %w", r.Name, err)
		}
		tables[r.Name] = t
	}
	return tables, nil
}

func readTable(ctx context.Context, tx pgx.Tx, oid uint32, t *Table) error {
	rows, err := tx.Query(ctx, `
		select a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
		  coalesce(case when a.attgenerated = 's'
		  then 'generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
		    else 'default ' || pg_get_expr(d.adbin, d.adrelid) end, '')
		  || case when a.attstorage = y.typstorage then ''
		    else ' storage ' || case a.attstorage when 'e' then 'external' when 'm' then 'main' when 'p' then 'plain'
		    else 'extended' end end
		from pg_attribute a join pg_type y on y.oid = a.atttypid
		left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
		where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`, oid)
	if err != nil {
		return err
	}
	if t.Columns, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Column]); err != nil {
		return err
	}
	// From version 18 on "not null" is a constraint, too.
	rows, err = tx.Query(ctx, `
		select k.conname::text, k.contype::text, pg_get_constraintdef(k.oid),
		  array(select a.attname::text from unnest(k.conkey) with ordinality x (num, ord)
		    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = x.num order by x.ord),
		  coalesce(f.relname::text, '')
		from pg_constraint k left join pg_class f on f.oid = k.confrelid
		where k.conrelid = $1 and k.contype not in ('n', 't')
		order by position(k.contype in 'pufxc'), k.conname collate "C"`, oid)
	if err != nil {
		return err
	}
	if t.Constraints, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Constraint]); err != nil {
		return err
	}
	for _, part := range []struct {
		into *[]string
		sql  string
	}{
		{&t.Indexes, `
			select replace(pg_get_indexdef(i.indexrelid), ' public.', ' ')
			from pg_index i join pg_class c on c.oid = i.indexrelid
			where i.indrelid = $1
			  and not exists (select from pg_constraint k where k.conindid = i.indexrelid
			  and k.contype in ('p', 'u', 'x'))
			order by c.relname collate "C"`},
		{&t.Security, `
			select format('create policy %I on %s for %s to %s', p.polname, p.polrelid::regclass,
			    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd'
			    then 'delete'
			      else 'all' end,
			    (select string_agg(r.rolname, ', ' order by r.rolname collate "C") from pg_roles r
			    where r.oid = any (p.polroles)))
			  || coalesce(E'\n  using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '')
			  || coalesce(E'\n  with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '')
			from pg_policy p where p.polrelid = $1 order by p.polname collate "C"`},
		{&t.Triggers, `
			select replace(pg_get_triggerdef(g.oid), ' public.', ' ') from pg_trigger g
			where g.tgrelid = $1 and not g.tgisinternal order by g.tgname collate "C"`},
		{&t.Grants, `
			select format('grant %s on %s to %s',
			  string_agg(lower(x.privilege_type) || x.col, ', '
			  order by x.privilege_type, x.col), $1::oid::regclass, x.rolname)
			from (
			  select r.rolname, a.privilege_type, '' as col
			  from pg_class c cross join aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
			  where c.oid = $1 and a.grantee <> c.relowner
			  union all
			  select r.rolname, a.privilege_type, ' (' || string_agg(t.attname, ', ' order by t.attnum) || ')'
			  from pg_attribute t cross join aclexplode(t.attacl) a join pg_roles r on r.oid = a.grantee
			  where t.attrelid = $1 group by 1, 2) x
			group by x.rolname order by x.rolname collate "C"`},
		{&t.Sequences, `
			select format('create sequence %s as %s', s.seqrelid::regclass, format_type(s.seqtypid, null)) ||
			  coalesce(E';\n' || (
			    select string_agg(format('grant %s on sequence %s to %s', lower(a.privilege_type),
			    s.seqrelid::regclass, r.rolname),
			      E';\n' order by r.rolname, a.privilege_type)
			    from pg_class c cross join aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
			    where c.oid = s.seqrelid and a.grantee <> c.relowner), '')
			from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_class t on t.oid = $1
			where c.relnamespace = 'public'::regnamespace and c.relname like t.relname || '\_%'
			  order by c.relname collate "C"`},
	} {
		found, err := texts(ctx, tx, part.sql, oid)
		if err != nil {
			return err
		}
		*part.into = append(*part.into, found...)
	}
	return nil
}

func readFunctions(ctx context.Context, tx pgx.Tx) ([]Function, error) {
	rows, err := tx.Query(ctx, `
		select p.proname::text, replace(pg_get_functiondef(p.oid), 'FUNCTION public.', 'FUNCTION '),
		  array(select format('alter function %s owner to %s', p.oid::regprocedure, r.rolname)
		    from pg_roles r where r.oid = p.proowner and r.rolname = 'tnm_ledger')
		  || array(select format('grant execute on function %s to %s', p.oid::regprocedure,
		      string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname collate "C"))
		    from aclexplode(p.proacl) a left join pg_roles r on r.oid = a.grantee
		    where a.grantee <> p.proowner having count(*) > 0)
		from pg_proc p
		where p.pronamespace = 'public'::regnamespace
		  and not exists (
		    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
		order by p.proname collate "C", p.oid::regprocedure::text collate "C"`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Function])
}

func texts(ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]string, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
