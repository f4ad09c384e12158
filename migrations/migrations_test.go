package migrations_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/migrations"
)

var made = regexp.MustCompile(`(?m)^create or replace function (\w+)\(`)

// A function stands once, in the file of its name, and says why it is in the database.
func TestFunctionFilesHoldOneFunctionAndItsReason(t *testing.T) {
	t.Parallel()
	schema, err := migrations.Read(migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range schema.Functions {
		found := made.FindAllStringSubmatch(f.Text, -1)
		if len(found) != 1 || found[0][1] != name {
			t.Errorf("%s.sql makes %v, want %s alone", f.Name, found, name)
		}
		head, _, _ := strings.Cut(f.Text, "create or replace function")
		if !strings.Contains(strings.ReplaceAll(head, "\n-- ", " "), "in the database because ") {
			t.Errorf("%s.sql does not say why it is in the database", f.Name)
		}
	}
	if len(schema.Functions) < 100 || len(schema.Tables) < 10 {
		t.Errorf("%d functions and %d table files were read", len(schema.Functions), len(schema.Tables))
	}
}
