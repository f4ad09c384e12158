package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxCode    = 120 // columns of a line of code, a tab counted as four
	maxComment = 100 // columns of a line that is a comment
	maxFiles   = 25  // of a package, tests and generated files apart
)

// transactions are the methods that open one.
var transactions = []string{"InOrganization", "InPublic", "InWorker", "InSystem", "InStaff", "InOperator"}

// statement is how a text begins that is SQL.
var statement = regexp.MustCompile(
	`(?is)^\s*(select|insert\s+into|update|delete\s+from|with)\s[^.]*\b(from|values|set|as|into|\()`,
)

// notYet are the packages that do not keep a rule so far; the lists only become shorter. Where a
// package stays here for good, its reason stands beside it.
var notYet = map[Rule][]string{
	RuleWidth: {
		"api",
	},
	RuleTransaction: {
		"internal/booking",
	},
	RuleStatement: {
		"internal/booking",
	},
}

func keepsNotYet(r Rule, p pkg) bool { return within(p.path, notYet[r]...) }

func isService(f file) bool { return strings.HasPrefix(f.name(), "service") }

// checkHabits looks at how a package is laid out and at what its lines hold.
func checkHabits(root string, p pkg) ([]Finding, error) {
	var found []Finding
	written := 0
	for _, f := range p.files {
		if f.generated {
			continue
		}
		if !f.test {
			written++
			if isConcept(p) {
				found = slices.Concat(found, checkTransactions(f), checkStatements(f), checkMaps(f))
			}
		}
		wide, err := checkWidth(root, f)
		if err != nil {
			return nil, err
		}
		found = append(found, wide...)
	}
	if written > maxFiles {
		found = append(found, Finding{
			RuleFiles,
			p.path,
			fmt.Sprintf("has %d files, %d is the limit: which of them are a room of their own?", written, maxFiles),
		})
	}
	return slices.DeleteFunc(found, func(f Finding) bool { return keepsNotYet(f.Rule, p) }), nil
}

func checkTransactions(f file) []Finding {
	var found []Finding
	if isService(f) {
		return nil
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if s, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains(transactions, s.Sel.Name) {
			found = append(
				found,
				Finding{RuleTransaction, f.at(s.Sel.Pos()), s.Sel.Name + ": service*.go opens transactions"},
			)
		}
		return true
	})
	return found
}

func checkStatements(f file) []Finding {
	var found []Finding
	if isStore(f) {
		return nil
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		if text, err := strconv.Unquote(literal.Value); err == nil && statement.MatchString(text) {
			found = append(found, Finding{RuleStatement, f.at(literal.Pos()), "SQL stands in store*.go"})
		}
		return true
	})
	return found
}

// checkMaps finds maps of columns in files that use GORM.
func checkMaps(f file) []Finding {
	var found []Finding
	if !slices.ContainsFunc(f.imports, func(path string) bool { return within(path, "gorm.io") }) {
		return nil
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		m, ok := n.(*ast.MapType)
		if !ok {
			return true
		}
		key, _ := m.Key.(*ast.Ident)
		value, _ := m.Value.(*ast.Ident)
		if key != nil && value != nil && key.Name == "string" && value.Name == "any" {
			found = append(found, Finding{RuleMap, f.at(m.Pos()), "GORM gets a struct with tags, not a map of columns"})
		}
		return true
	})
	return found
}

func checkWidth(root string, f file) ([]Finding, error) {
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(f.path))) //nolint:gosec // a file of this module
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return wideLines(f.path, text, func(line []byte) bool {
		return bytes.HasPrefix(line, []byte("//")) && !bytes.HasPrefix(line, []byte("//go:"))
	}), nil
}

// wideLines finds the lines of a file that are wider than code or a comment may be. isComment gets
// a line without the space around it.
func wideLines(name string, text []byte, isComment func(line []byte) bool) []Finding {
	var found []Finding
	for i, line := range bytes.Split(text, []byte("\n")) {
		columns := utf8.RuneCount(line) + 3*bytes.Count(line, []byte("\t"))
		limit := maxCode
		if isComment(bytes.TrimSpace(line)) {
			limit = maxComment
		}
		if columns > limit {
			found = append(found, Finding{
				RuleWidth,
				fmt.Sprintf("%s:%d", name, i+1),
				fmt.Sprintf("has %d columns, %d is the limit", columns, limit),
			})
		}
	}
	return found
}
