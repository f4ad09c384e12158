// Package text brings what people typed into the form that is stored: valid UTF-8, NFC, trimmed,
// without characters that hide or reorder others.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Line cleans a text of one line: NFC, outer space trimmed. ok is false when it holds a line break,
// a control, a bidi control or invalid UTF-8.
func Line(s string) (clean string, ok bool) {
	return tidy(s, func(rune) bool { return false })
}

// Paragraphs cleans a text of several lines: as Line, with CR LF and CR made LF and tabs kept.
func Paragraphs(s string) (clean string, ok bool) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return tidy(s, func(r rune) bool { return r == '\n' || r == '\t' })
}

func tidy(s string, keep func(rune) bool) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	for _, r := range s {
		if !keep(r) && Hidden(r) {
			return "", false
		}
	}
	return strings.TrimSpace(norm.NFC.String(s)), true
}

// Hidden reports whether a reader would not see the character or would see others in a false order:
// controls, line and paragraph separators, bidi controls (Unicode UAX #9), the byte order mark,
// tags and private or unassigned code points. Joiners and variation selectors are part of emoji and
// kanji, and pass.
func Hidden(r rune) bool {
	switch {
	case r == '\u200c', r == '\u200d':
		return false
	case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp):
		return true
	case r >= 0xFDD0 && r <= 0xFDEF, r&0xFFFE == 0xFFFE:
		return true
	}
	return false
}
