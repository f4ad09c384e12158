package archtest

import (
	"context"
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// maxLines is how long a file written by hand may be, tests apart.
const maxLines = 500

// Rule names a rule in a finding.
type Rule string

// The rules.
const (
	RulePlace   Rule = "place"    // every package has a place in the house
	RuleOrder   Rule = "order"    // packages import downwards only
	RuleLibrary Rule = "library"  // a library stands where it belongs
	RuleCall    Rule = "call"     // a call belongs to one package
	RuleLength  Rule = "length"   // files stay short
	RuleSkip    Rule = "skip"     // no test is skipped
	RuleMarker  Rule = "marker"   // nothing is left for later
	RuleMachine Rule = "machine"  // no path of one machine
	RuleTestLib Rule = "test lib" // packages for tests stay out of the program

	RuleWidth       Rule = "width"       // lines fit beside each other
	RuleFiles       Rule = "files"       // a package has one subject
	RuleTransaction Rule = "transaction" // services alone open transactions
	RuleStatement   Rule = "statement"   // SQL stands in store files alone
	RuleMap         Rule = "map"         // rows are structs
	RuleWords       Rule = "words"       // the words of pages stand in web/messages
)

// Finding is one broken rule.
type Finding struct {
	Rule  Rule
	Where string // file or file:line from the module's root
	What  string
}

// String is one line for the reader.
func (f Finding) String() string { return fmt.Sprintf("%s: %s (%s)", f.Where, f.What, f.Rule) }

// library says in which files something may be imported.
type library struct {
	paths []string // import paths, with what stands below
	where string
	may   func(p pkg, f file) bool
}

func isStore(f file) bool {
	return strings.HasPrefix(f.name(), "store") && strings.HasSuffix(f.name(), ".go")
}

func isConcept(p pkg) bool { return within(p.path, concepts...) || within(p.path, ledgers...) }

func isWiring(p pkg) bool { return within(p.path, wiring...) || within(p.path, testsOnly...) }

// Tests may arrange and compare with most libraries; what a concept must know nothing of, its tests
// must not need either.
var libraries = []library{
	{
		paths: []string{"gorm.io"},
		where: "internal/postgres and store*.go",
		may: func(p pkg, f file) bool {
			return f.test || within(p.path, database) || isConcept(p) && isStore(f) || within(p.path, "cmd/bench")
		},
	},
	{
		paths: []string{"github.com/jackc/pgx", "database/sql"},
		where: "internal/postgres, internal/job, store*.go and the wiring",
		may: func(p pkg, f file) bool {
			return f.test || within(p.path, database, "internal/job") || isConcept(p) && isStore(f) || isWiring(p)
		},
	},
	{
		paths: []string{"github.com/labstack/echo", "github.com/labstack/gommon"},
		where: "the handlers and the generated api",
		may: func(p pkg, _ file) bool {
			return within(p.path, handlers...) || p.path == "api" || within(p.path, "cmd/bench")
		},
	},
	{
		paths: []string{"github.com/arran4/golang-ical"},
		where: "internal/ical",
		may: func(p pkg, f file) bool {
			return within(p.path, "internal/ical") || f.test || within(p.path, "cmd/bench")
		},
	},
	{
		paths: []string{"html/template", "net/smtp", "github.com/wneessen/go-mail"},
		where: "above the concepts",
		may: func(p pkg, _ file) bool {
			return !isConcept(p) && !within(p.path, foundation...)
		},
	},
	{
		paths: []string{"net/http"},
		where: "above the concepts",
		may: func(p pkg, f file) bool {
			return f.test || !isConcept(p) && !within(p.path, foundation...)
		},
	},
}

// call is a function or method that belongs to some files only.
type call struct {
	pkg   string // import path; "" for a method of whatever
	names []string
	why   string
	may   func(p pkg, f file) bool
}

var calls = []call{
	{
		pkg: "time", names: []string{"Now", "Since", "Until"}, why: "time comes from internal/clock",
		may: func(p pkg, f file) bool {
			return f.test || p.path == "internal/clock" || within(p.path, "cmd/bench")
		},
	},
	{
		pkg: "os", names: []string{"Getenv", "LookupEnv", "ExpandEnv"}, why: "settings come from internal/config",
		may: func(p pkg, f file) bool {
			return f.test || p.path == "internal/config" || within(p.path, "cmd/bench") ||
				within(p.path, testsOnly...)
		},
	},
	{
		names: []string{
			"AutoMigrate",
			"FirstOrCreate",
		},
		why: "the schema is made by migrations, and rows by insert on conflict",
		may: func(_ pkg, f file) bool { return f.test },
	},
}

// Check gives every finding in the module at root, ordered by place.
func Check(ctx context.Context, root string) ([]Finding, error) {
	module, pkgs, err := load(ctx, root)
	if err != nil {
		return nil, err
	}
	var all []Finding
	for _, p := range pkgs {
		if !known(p.path) {
			all = append(
				all,
				Finding{RulePlace, p.path, "has no place in the house: add it to layers.go and to CONTRIBUTING.md"},
			)
			continue
		}
		habits, err := checkHabits(root, p)
		if err != nil {
			return nil, err
		}
		all = append(all, habits...)
		for _, f := range p.files {
			all = slices.Concat(all, checkImports(module, p, f), checkCalls(p, f), checkSkips(f), checkWords(p, f))
			if !f.test && !f.generated && f.lines >= maxLines {
				all = append(
					all,
					Finding{
						RuleLength,
						f.path,
						fmt.Sprintf(
							"has %d lines, %d is the limit: what second thing does it do?",
							f.lines,
							maxLines-1,
						),
					},
				)
			}
		}
	}
	texts, err := checkTexts(root)
	if err != nil {
		return nil, err
	}
	all = append(all, texts...)
	slices.SortFunc(all, func(a, b Finding) int { return strings.Compare(a.Where+a.What, b.Where+b.What) })
	return all, nil
}

func checkImports(module string, p pkg, f file) []Finding {
	var found []Finding
	for _, imported := range f.imports {
		inside, ours := strings.CutPrefix(imported, module+"/")
		switch {
		case ours && inside == p.path: // an external test's own package
		case ours && f.test && mayInTest(p.path, inside), ours && !f.test && may(p.path, inside):
		case ours && within(inside, testsOnly...):
			found = append(found, Finding{RuleTestLib, f.path, "imports " + inside + ", which is for tests only"})
		case ours:
			found = append(found, Finding{RuleOrder, f.path, p.path + " may not import " + inside})
		}
		if imported == "testing" && !f.test && !within(p.path, testsOnly...) && !within(p.path, "cmd/bench") {
			found = append(found, Finding{RuleTestLib, f.path, "imports testing, which is for tests only"})
		}
		for _, l := range libraries {
			if within(imported, l.paths...) && imported != "database/sql/driver" &&
				!l.may(p, f) { // driver is interfaces only
				found = append(found, Finding{RuleLibrary, f.path, imported + " stands only in " + l.where})
			}
		}
	}
	return found
}

func checkCalls(p pkg, f file) []Finding {
	var found []Finding
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		for _, c := range calls {
			if slices.Contains(c.names, selector.Sel.Name) && (c.pkg == "" || isPackage(f, selector.X, c.pkg)) &&
				!c.may(p, f) {
				found = append(found, Finding{RuleCall, f.at(selector.Pos()), selector.Sel.Name + ": " + c.why})
			}
		}
		return true
	})
	return found
}

// isPackage tells whether an expression is the name under which the file imports a package.
func isPackage(f file, x ast.Expr, importPath string) bool {
	name, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	for _, spec := range f.syntax.Imports {
		if imported, err := strconv.Unquote(spec.Path.Value); err != nil || imported != importPath {
			continue
		}
		if spec.Name != nil {
			return name.Name == spec.Name.Name
		}
		return name.Name == path.Base(importPath)
	}
	return false
}

// checkSkips finds skipped tests. rapid's Skip is another thing: it draws anew.
func checkSkips(f file) []Finding {
	var found []Finding
	draws := map[string]bool{}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok {
			return true
		}
		if star, ok := field.Type.(*ast.StarExpr); ok {
			if t, ok := star.X.(*ast.SelectorExpr); ok && isPackage(f, t.X, "pgregory.net/rapid") {
				for _, name := range field.Names {
					draws[name.Name] = true
				}
			}
		}
		return true
	})
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || !f.test && !strings.Contains(f.path, "testkit") ||
			!slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, selector.Sel.Name) {
			return true
		}
		if name, ok := selector.X.(*ast.Ident); ok && draws[name.Name] {
			return true
		}
		found = append(found, Finding{RuleSkip, f.at(selector.Pos()), "a test is skipped: make it run or remove it"})
		return true
	})
	return found
}
