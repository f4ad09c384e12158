package retention_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// columns are those of every table and materialized view of schema public as they really are.
func columns(t *testing.T, b *testkit.Bundle) []retention.Column {
	t.Helper()
	rows, err := b.Pool(t).Query(t.Context(), `
		select c.relname, a.attname, format_type(a.atttypid, null)
		from pg_attribute a join pg_class c on c.oid = a.attrelid
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm', 'f')
		  and a.attnum > 0 and not a.attisdropped
		order by 1, a.attnum`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[retention.Column])
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d columns found", len(all))
	}
	return all
}

func TestEveryColumnHasItsRule(t *testing.T) {
	t.Parallel()
	for _, line := range retention.Check(retention.Table(), columns(t, testkit.Database(t))) {
		t.Error(line)
	}
}

// The negative control: what a careless change would do to the schema or the table, and that it is
// told.
func TestCarelessChangesAreTold(t *testing.T) {
	t.Parallel()
	change := func(edit func([]retention.Rule) []retention.Rule) func() []retention.Rule {
		return func() []retention.Rule { return edit(retention.Table()) }
	}
	ruleOf := func(rules []retention.Rule, table, column string) *retention.Rule {
		i := slices.IndexFunc(
			rules,
			func(r retention.Rule) bool { return r.Table == table && slices.Contains(r.Each(), column) },
		)
		if i < 0 {
			t.Fatalf("no rule for %s.%s", table, column)
		}
		return &rules[i]
	}
	for name, c := range map[string]struct {
		schema string
		rules  func() []retention.Rule
		want   string
	}{
		"a new column": {schema: "alter table ticket add column remark text", want: "ticket.remark: has no rule"},
		"a wordless one too": {
			schema: "alter table ticket add column taken_at timestamptz",
			want:   "ticket.taken_at: has no rule",
		},
		"a new table": {schema: "create table visit (at inet)", want: "visit.at: has no rule"},
		"a new view on disk": {
			schema: "create materialized view lately as select nickname from ticket",
			want:   "lately.nickname: has no rule",
		},
		"a column is gone": {
			schema: "alter table organization drop column kana",
			want:   "organization.kana: has a rule, but is not in the schema",
		},
		"a column is renamed": {
			schema: "alter table ticket rename column nickname to called",
			want:   "ticket.nickname: has a rule, but is not in the schema",
		},
		"words without a reason": {rules: change(func(rules []retention.Rule) []retention.Rule {
			r := ruleOf(rules, "occurrence", "note")
			r.Why = ""
			return rules
		}), want: "occurrence.note: could hold something about a person (text)"},
		"a speaking name without a reason": {
			schema: "alter table event_change add column ticket_id uuid",
			rules: change(func(rules []retention.Rule) []retention.Rule {
				ruleOf(rules, "event_change", "xid").Columns += " ticket_id"
				return rules
			}), want: "event_change.ticket_id: could hold something about a person (uuid)",
		},
		"a type nobody thought of": {
			schema: "alter table event_change add column origin cidr[]",
			rules: change(func(rules []retention.Rule) []retention.Rule {
				ruleOf(rules, "event_change", "xid").Columns += " origin"
				return rules
			}), want: "event_change.origin: could hold something about a person (cidr[])",
		},
		"a resident's for ever": {rules: change(func(rules []retention.Rule) []retention.Rule {
			r := ruleOf(rules, "ticket", "nickname")
			r.Until, r.Job = retention.Until{}, ""
			return rules
		}), want: "ticket.nickname: what is a resident's is never kept without an end"},
		"an end that nobody brings": {rules: change(func(rules []retention.Rule) []retention.Rule {
			ruleOf(rules, "ticket", "nickname").Job = ""
			return rules
		}), want: "ticket.nickname: has an end and no job"},
		"two rules": {rules: change(func(rules []retention.Rule) []retention.Rule {
			return append(rules, *ruleOf(rules, "ticket", "nickname"))
		}), want: "ticket.nickname: has two rules"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := testkit.Database(t)
			if _, err := b.Pool(t).Exec(t.Context(), c.schema); err != nil {
				t.Fatal(err)
			}
			rules := retention.Table
			if c.rules != nil {
				rules = c.rules
			}
			told := retention.Check(rules(), columns(t, b))
			if !slices.ContainsFunc(told, func(line string) bool { return strings.HasPrefix(line, c.want) }) {
				t.Errorf("told %q, want %q", told, c.want)
			}
		})
	}
}

func TestThePageIsFresh(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/retention.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != retention.Markdown() {
		t.Error("docs/retention.md is stale: make generate")
	}
	for _, words := range []string{
		"| 7 days after the date has ended (400 days if",
		"| 24 hours after it was written |",
		"7 days after the date the MAC",
	} {
		if !strings.Contains(string(page), words) {
			t.Errorf("docs/retention.md does not say %q", words)
		}
	}
}
