package check

import (
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// Line tidies a text of one line that must not be empty and notes on refusal what is wrong with it.
func Line(refusal **fault.Error, name, s string, most int) string {
	clean, ok := text.Line(s)
	judgeText(refusal, name, clean, ok, 1, most)
	return clean
}

// Paragraphs tidies a text of several lines, or none, and notes on refusal what is wrong with it.
func Paragraphs(refusal **fault.Error, name, s string, most int) string {
	clean, ok := text.Paragraphs(s)
	judgeText(refusal, name, clean, ok, 0, most)
	return clean
}

func judgeText(refusal **fault.Error, name, clean string, ok bool, least, most int) {
	switch n := len([]rune(clean)); {
	case !ok:
		*refusal = (*refusal).Field(name, "hidden_characters")
	case n < least:
		*refusal = (*refusal).Field(name, "required")
	case n > most:
		*refusal = (*refusal).Field(name, "too_long", "max", most)
	}
}
