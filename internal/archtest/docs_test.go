package archtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/config"
)

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryDependencyHasItsLine(t *testing.T) {
	t.Parallel()
	text, err := goTool(t.Context(), "../..", "mod", "edit", "-json")
	if err != nil {
		t.Fatal(err)
	}
	var module struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal([]byte(text), &module); err != nil {
		t.Fatal(err)
	}
	list := read(t, "docs/dependencies.md")
	for _, r := range module.Require {
		// River's parts share the line of github.com/riverqueue/river.
		if name := strings.TrimPrefix(
			r.Path,
			"github.com/riverqueue/river/",
		); !r.Indirect &&
			!strings.Contains(list, name) {
			t.Errorf("docs/dependencies.md says nothing of %s", r.Path)
		}
	}
	vendored, err := filepath.Glob("../../web/static/vendor/*@*")
	if err != nil || len(vendored) == 0 {
		t.Errorf("no vendored assets found: %v", err)
	}
	for _, dir := range vendored {
		if name, version, _ := strings.Cut(
			filepath.Base(dir),
			"@",
		); !strings.Contains(list, name) ||
			!strings.Contains(list, version) {
			t.Errorf("docs/dependencies.md says nothing of %s %s", name, version)
		}
	}
}

func TestEverySettingIsInTheReadmes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"README.md", "README.ja.md"} {
		text := read(t, name)
		settings := reflect.TypeFor[config.Config]()
		for i := range settings.NumField() {
			tag := settings.Field(i).Tag
			if tag.Get("env") == "-" {
				continue
			}
			row := "| `" + config.Prefix + tag.Get("env") + "` |"
			if standard := tag.Get("envDefault"); standard != "" {
				row += " `" + standard + "` |"
			}
			if !strings.Contains(text, row) {
				t.Errorf("%s has no row that begins %s", name, row)
			}
		}
	}
}

func TestEveryDecisionIsListed(t *testing.T) {
	t.Parallel()
	records, err := filepath.Glob("../../docs/adr/0*.md")
	if err != nil || len(records) == 0 {
		t.Fatalf("no decisions found: %v", err)
	}
	index := read(t, "docs/adr/README.md")
	for _, path := range records {
		title, _, _ := strings.Cut(read(t, "docs/adr/"+filepath.Base(path)), "\n")
		words := strings.TrimPrefix(title, "# "+filepath.Base(path)[:4]+". ")
		if words == title || !strings.Contains(index, "("+filepath.Base(path)+") | "+words+" |") {
			t.Errorf("docs/adr/README.md does not list %s as it is titled: %q", filepath.Base(path), title)
		}
	}
}
