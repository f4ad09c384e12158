package catalog_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/catalog"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/migrations"
)

func TestMain(m *testing.M) { testkit.Main(m) }

func read(t *testing.T, b *testkit.Bundle) catalog.Schema {
	t.Helper()
	files, err := migrations.Read(migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := catalog.Read(t.Context(), b.Pool(t), files)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func same(t *testing.T, name, got string) {
	t.Helper()
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is stale, run make generate: %s", name, difference(got, string(want)))
	}
}

// difference says which line of two texts differs first.
func difference(got, want string) string {
	lines, expected := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(lines), len(expected)) {
		if line(lines, i) != line(expected, i) {
			return fmt.Sprintf("line %d differs\ngot  %q\nwant %q", i+1, line(lines, i), line(expected, i))
		}
	}
	return "no line differs"
}

var brackets = strings.NewReplacer("(", "", ")", "")

func unbracketed(sql string) string { return brackets.Replace(sql) }

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(end)"
}

func TestDocumentsAreFresh(t *testing.T) {
	t.Parallel()
	schema := read(t, testkit.Database(t))
	same(t, "../../../migrations/schema.sql", schema.SQL())
	same(t, "../../../docs/tables.md", schema.Markdown())
}

// A database that came up by the numbered steps of before becomes what a new one is, and nothing of
// its data changes.
func TestUpgradeGivesTheSameSchema(t *testing.T) {
	t.Parallel()
	b := testkit.FormerDatabase(t)
	before := rows(t, b)
	if before["event"] < 20 || before["ticket"] < 100 || before["booking"] < 20 {
		t.Fatalf("the dump holds too little: %v", before)
	}
	for range 2 { // the second time there is nothing to do
		if err := postgres.Migrate(t.Context(), b.OwnerURL, "tonarimachi"); err != nil {
			t.Fatal(err)
		}
	}
	// An expression that went through a dump comes back with fewer brackets.
	if got, want := unbracketed(read(t, b).SQL()), unbracketed(read(t, testkit.Database(t)).SQL()); got != want {
		t.Error(difference(got, want))
	}
	after := rows(t, b)
	delete(before, "goose_db_version")
	delete(after, "schema_file")
	for table, count := range before {
		if after[table] != count {
			t.Errorf("%s has %d rows, had %d", table, after[table], count)
		}
		delete(after, table)
	}
	if len(after) > 0 {
		t.Errorf("tables that were not there before: %v", after)
	}
}

// rows counts the rows of every table.
func rows(t *testing.T, b *testkit.Bundle) map[string]int {
	t.Helper()
	found, err := b.Pool(t).Query(t.Context(), `
		select c.relname::text, (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from public.%I',
		  c.relname), false, true, '')))[1]::text::int
		from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`)
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for found.Next() {
		var table string
		var n int
		if err := found.Scan(&table, &n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return counts
}
