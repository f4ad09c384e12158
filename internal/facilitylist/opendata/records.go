package opendata

import "strings"

// longestQuoted is more than any cell holds (maxCell), so that looking for the end of a cell has an
// end itself.
const longestQuoted = 4 * maxCell

// record is one row of a file as it stands there.
type record struct {
	line  int // of its beginning, from 1
	cells []string
	// unclosed says that a quotation mark was never closed: the row is what its first line holds,
	// and the rows after it stand for themselves.
	unclosed bool
}

// records reads comma-separated rows (RFC 4180), leniently: quotation marks inside a cell stand for
// themselves. It never lets a quotation mark that was not closed take the rows after it along.
type records struct {
	text    string
	comma   byte
	columns int // of the header; 0 until it is known
	line    int // of text's beginning
}

// next gives the next row that is not an empty line; false at the end.
func (r *records) next() (record, bool) {
	for strings.HasPrefix(r.text, "\n") {
		r.text, r.line = r.text[1:], r.line+1
	}
	if r.text == "" {
		return record{}, false
	}
	row := record{line: r.line}
	size, sound := r.cells(&row, r.text)
	if !sound || r.swallows(row, r.text[:size]) {
		first, _, _ := strings.Cut(r.text, "\n")
		row = record{line: r.line, unclosed: true}
		r.cells(&row, first)
		size = min(len(first)+1, len(r.text))
	}
	r.line += strings.Count(r.text[:size], "\n")
	r.text = r.text[size:]
	return row, true
}

// cells reads one row and says how much of the text it is, with its line end, and whether its
// quotation marks can be believed.
func (r *records) cells(row *record, text string) (size int, sound bool) {
	sound = true
	for rest := text; ; {
		var cell string
		n := 0
		if strings.HasPrefix(rest, `"`) {
			var fine bool
			cell, n, fine = r.quoted(rest)
			sound = sound && fine
		} else {
			n = len(rest)
			if end := strings.IndexAny(rest, string(r.comma)+"\n"); end >= 0 {
				n = end
			}
			cell = rest[:n]
		}
		row.cells = append(row.cells, cell)
		rest = rest[n:]
		if rest == "" {
			return len(text), sound
		}
		last := rest[0] == '\n'
		if rest = rest[1:]; last {
			return len(text) - len(rest), sound
		}
	}
}

// quoted reads a cell in quotation marks, of which text begins with the first. A mark that is
// followed by more of the cell stands for itself; in a cell of several lines it is more likely the
// beginning of another cell, and then the cell can't be believed.
func (r *records) quoted(text string) (cell string, size int, sound bool) {
	var b strings.Builder
	bare := false
	for i := 1; i < min(len(text), longestQuoted); i++ {
		switch {
		case text[i] != '"':
			b.WriteByte(text[i])
		case i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		case i+1 == len(text) || text[i+1] == r.comma || text[i+1] == '\n':
			return b.String(), i + 1, !bare || !strings.Contains(text[:i], "\n")
		default:
			bare = true
			b.WriteByte('"')
		}
	}
	return b.String(), min(len(text), longestQuoted), false
}

// swallows tells whether a row of several lines looks as if it had taken others along: it has more
// cells than the header, or one of its lines has as many by itself.
func (r *records) swallows(row record, written string) bool {
	lines := strings.Split(strings.TrimSuffix(written, "\n"), "\n")
	if r.columns < 2 || len(lines) == 1 {
		return false
	}
	if len(row.cells) > r.columns {
		return true
	}
	for _, line := range lines[1:] {
		if strings.Count(line, string(r.comma)) >= max(2, r.columns-1) {
			return true
		}
	}
	return false
}
