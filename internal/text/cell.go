package text

import "strings"

// formula are the first characters of cells that spreadsheets take for formulas (CWE-1236), the
// full-width ones too, which some of them read as if they were not.
const formula = "=+-@\t\r\n＝＋－＠"

// Cell gives a text as it goes into a table that may be opened as a spreadsheet: an apostrophe in
// front of what would be a formula. Every file of ours is written with it, and Uncell takes it away
// again.
func Cell(s string) string {
	first := strings.TrimLeft(s, "'")
	if first != "" && strings.ContainsRune(formula, []rune(first)[0]) {
		return "'" + s
	}
	return s
}

// Uncell gives back what Cell was given.
func Uncell(s string) string {
	if rest, ok := strings.CutPrefix(s, "'"); ok && Cell(rest) == s {
		return rest
	}
	return s
}
