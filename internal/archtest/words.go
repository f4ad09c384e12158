package archtest

import (
	"go/ast"
	"go/token"
	"unicode"
)

// japanese are the packages, or files, whose strings may have Japanese words, with the reason. The
// words of pages and messages stand in web/messages.
var japanese = map[string]string{
	"internal/almanac":           "the names of the seasons",
	"cmd/bench":                  "what is measured",
	"internal/round":             "notes that stand in the ledger of a booking",
	"internal/courier":           "the subject of every mail, which says nothing",
	"internal/demo":              "the demo's data",
	"internal/event":             "notes that stand in the ledger of a booking",
	"internal/facilitylist":      "the columns of the standard for lists of facilities",
	"internal/httpapi":           "papers of an office: permits and sheets of codes",
	"internal/i18n":              "how dates are written",
	"internal/ical":              "calendars have one language",
	"internal/organization":      "a note in the ledger of events",
	"internal/page/words.go":     "how dates are written",
	"internal/permit":            "the paper of an office",
	"internal/postgres/embedded": "the command line speaks two languages",
	"internal/testkit":           "for tests only",
	"internal/ticket":            "a sign people type into instructions",
	"internal/venue":             "the names of holidays",
	"cmd":                        "the command line speaks two languages",
}

// checkWords finds strings with Japanese words in other places. Signs such as 〜 are no words.
func checkWords(p pkg, f file) []Finding {
	if f.test || f.generated {
		return nil
	}
	for area := range japanese {
		if within(p.path, area) || f.path == area {
			return nil
		}
	}
	var found []Finding
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING {
			return true
		}
		for _, r := range literal.Value {
			if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
				found = append(found, Finding{
					RuleWords, f.at(literal.Pos()), "has Japanese words, which stand in web/messages",
				})
				break
			}
		}
		return true
	})
	return found
}
