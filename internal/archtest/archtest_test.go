package archtest

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheHouseKeepsItsRules(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	found, err := Check(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	for rule, packages := range notYet {
		t.Logf("%s is not yet kept by %v", rule, packages)
	}
}

// The negative control: each rule is broken in testdata/broken, and each must be found, at its
// place and nowhere else.
func TestBrokenRulesAreFound(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("testdata/broken")
	if err != nil {
		t.Fatal(err)
	}
	found, err := Check(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		file, _, _ := strings.Cut(f.Where, ":")
		got = append(got, string(f.Rule)+" "+file+" "+f.What)
	}
	want := []struct {
		rule        Rule
		file, about string
	}{
		{RulePlace, "internal/utils", "no place"},
		{RuleOrder, "internal/fault/fault.go", "may not import internal/event"},
		{RuleOrder, "internal/fault/fault_test.go", "may not import internal/site"},
		{RuleOrder, "internal/postgres/postgres.go", "may not import internal/event"},
		{RuleOrder, "internal/ical/ical.go", "may not import internal/postgres"},
		{RuleOrder, "internal/audit/audit.go", "may not import internal/event"},
		{RuleOrder, "internal/event/event.go", "may not import internal/ticket"},
		{RuleOrder, "internal/event/event.go", "may not import internal/httpx"},
		{RuleOrder, "internal/event/event.go", "may not import web"},
		{RuleOrder, "internal/site/site.go", "may not import internal/httpapi"},
		{RuleOrder, "internal/site/site.go", "may not import internal/postgres"},
		{RuleOrder, "internal/site/site.go", "may not import cmd/tonarimachi"},
		{RuleOrder, "internal/site/tickets/tickets.go", "may not import internal/site/events"},
		{RuleOrder, "internal/page/page.go", "may not import internal/site/events"},
		{RuleWords, "internal/page/page.go", "Japanese words"},
		{RuleOrder, "web/web.go", "may not import internal/fault"},
		{RuleLibrary, "internal/event/event.go", "gorm.io/gorm stands only"},
		{RuleLibrary, "internal/event/event.go", "github.com/jackc/pgx/v5 stands only"},
		{RuleLibrary, "internal/event/event.go", "github.com/labstack/echo/v4 stands only"},
		{RuleLibrary, "internal/event/event.go", "html/template stands only"},
		{RuleLibrary, "internal/event/event.go", "net/smtp stands only"},
		{RuleLibrary, "internal/event/event.go", "net/http stands only"},
		{RuleLibrary, "internal/site/site.go", "gorm.io/gorm stands only"},
		{RuleLibrary, "internal/site/site.go", "database/sql stands only"},
		{RuleLibrary, "internal/site/store_site.go", "gorm.io/gorm stands only"},
		{RuleLibrary, "internal/site/site.go", "github.com/arran4/golang-ical stands only"},
		{RuleLibrary, "cmd/tonarimachi/main.go", "github.com/labstack/echo/v4 stands only"},
		{RuleTestLib, "cmd/tonarimachi/main.go", "imports internal/testkit"},
		{RuleTestLib, "cmd/tonarimachi/main.go", "imports testing"},
		{RuleCall, "internal/event/event.go", "Now: time"},
		{RuleCall, "internal/event/plan9.go", "Since: time"},
		{RuleCall, "internal/event/event.go", "Getenv: settings"},
		{RuleCall, "internal/event/store.go", "AutoMigrate"},
		{RuleCall, "internal/event/store.go", "FirstOrCreate"},
		{RuleLength, "internal/event/long.go", "has 500 lines"},
		{RuleWidth, "internal/audit/habits.go", "100 is the limit"},
		{RuleWidth, "internal/audit/habits.go", "120 is the limit"},
		{RuleWidth, "migrations/functions/pet_count.sql", "100 is the limit"},
		{RuleWidth, "migrations/functions/pet_count.sql", "120 is the limit"},
		{RuleTransaction, "internal/audit/habits.go", "InPublic"},
		{RuleStatement, "internal/audit/habits.go", "SQL"},
		{RuleMap, "internal/audit/store_map.go", "not a map"},
		{RuleSkip, "internal/event/event_test.go", "skipped"},
		{RuleMarker, "notes.md", "is left"},
		{RuleMachine, "notes.md", "one machine"},
	}
	for _, w := range want {
		i := slices.IndexFunc(got, func(g string) bool {
			return strings.HasPrefix(g, string(w.rule)+" "+w.file+" ") && strings.Contains(g, w.about)
		})
		if i < 0 {
			t.Errorf("not found: %s in %s: %s", w.rule, w.file, w.about)
			continue
		}
		got = slices.Delete(got, i, i+1)
	}
	for _, g := range got {
		t.Errorf("found where nothing is wrong: %s", g)
	}
}
