package i18n_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

var constructors = map[string]bool{
	"Invalid": true, "Malformed": true, "Unauthenticated": true, "Forbidden": true, "NotFound": true, "Conflict": true,
	"Full": true, "Gone": true, "TooLarge": true, "TooMany": true, "Unavailable": true,
}

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// codesIn finds the literal codes given to fault's constructors and to Field.
func codesIn(t *testing.T, root string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, _ := sel.X.(*ast.Ident)
			switch {
			case pkg != nil && pkg.Name == "fault" && constructors[sel.Sel.Name] && len(call.Args) == 1:
				note(found, "problem.", call.Args[0], fset)
			case sel.Sel.Name == "Field" && len(call.Args) >= 2 && len(call.Args)%2 == 0:
				note(found, "field.", call.Args[1], fset)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func note(found map[string][]string, prefix string, arg ast.Expr, fset *token.FileSet) {
	lit, ok := arg.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	if code, err := strconv.Unquote(lit.Value); err == nil {
		id := prefix + code
		found[id] = append(found[id], fset.Position(lit.Pos()).String())
	}
}

func TestEveryCodeHasItsText(t *testing.T) {
	t.Parallel()
	b := load(t)
	codes := codesIn(t, filepath.Join("..", "..", "internal"))
	if len(codes["problem.ticket_code_empty"]) == 0 {
		t.Fatal("the search finds no codes")
	}
	for id, places := range codes {
		if _, code, _ := strings.Cut(id, "."); !snake.MatchString(code) {
			t.Errorf("%s is not snake_case (%s)", code, places[0])
		}
		for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
			if !b.Localizer(lang).Has(id) {
				t.Errorf("%s has no text in %s (used in %s)", id, lang, places[0])
			}
		}
	}
}

// textCall is a literal id given to page.Renderer.Text.
var textCall = regexp.MustCompile(`\.Text\(\s*"([a-z_.]+)"`)

func TestEveryTextOfThePagesStandsInTheMessages(t *testing.T) {
	t.Parallel()
	b := load(t)
	read := 0
	for _, root := range []string{"page", "site"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, call := range textCall.FindAllStringSubmatch(string(source), -1) {
				id := call[1]
				if strings.HasSuffix(id, ".") {
					continue // the rest of the id is a value of the domain
				}
				read++
				for _, lang := range []i18n.Lang{i18n.Japanese, i18n.English} {
					if !b.Localizer(lang).Has(id) {
						t.Errorf("%s has no text in %s (used in %s)", id, lang, path)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 200 {
		t.Errorf("the search finds only %d texts", read)
	}
}
