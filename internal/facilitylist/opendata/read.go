package opendata

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"github.com/tonarimachi/tonarimachi/internal/text"
)

// Bounds of a file.
const (
	MaxBytes   = 1 << 20
	MaxRows    = 5000
	maxColumns = 200
	maxCell    = 20_000
)

// Why a whole file can't be read.
var (
	ErrTooLarge = errors.New("the file is larger than 1 MiB or has more than 5000 rows")
	ErrNoHeader = errors.New("the first line has no names of columns that are known")
	ErrNotText  = errors.New("the file is not text")
)

// Mending is what was done to a cell.
type Mending struct{ Column, Code string }

// Codes of mendings.
const (
	TimeForm           = "time_form"           // 9時, ９：００
	TimeUnreadable     = "time_unreadable"     // left out
	CoordinatesSwapped = "coordinates_swapped" //
	CoordinatesLeftOut = "coordinates_left_out"
	PostalForm         = "postal_form"
	PostalUnreadable   = "postal_unreadable"
	PhoneForm          = "phone_form"
	PhoneUnreadable    = "phone_unreadable"
	NumberLost         = "number_lost" // 1.23E+12: a spreadsheet rounded it
	WeekdaysUnreadable = "weekdays_unreadable"
	AnswerUnreadable   = "answer_unreadable" // neither 有 nor 無
	CharactersRemoved  = "characters_removed"
	CharactersLost     = "characters_lost" // the file does not have them any more
	AddressJoined      = "address_joined"  // from the prefecture and the town
	CellsMissing       = "cells_missing"
	CellsLeftOver      = "cells_left_over"
	QuoteUnclosed      = "quote_unclosed" // the row is refused; those after it are read
)

// Row is one line of a file.
type Row struct {
	Line int // in the file, the header is 1; rows that span lines count all
	Facility
	Mended []Mending
	// Refused says why the row can't be believed; what was read of it is in Facility.
	Refused []Mending
}

func (r *Row) mend(column, code string) {
	if m := (Mending{column, code}); !slices.Contains(r.Mended, m) {
		r.Mended = append(r.Mended, m)
	}
}

// File is what was read.
type File struct {
	Edition  Edition
	Encoding Encoding
	Rows     []Row
	Ignored  []string // columns that are not kept
}

// Read reads a file of either edition. Empty rows are passed by. ErrTooLarge, ErrNoHeader,
// ErrNotText.
func Read(data []byte) (File, error) {
	if len(data) > MaxBytes {
		return File{}, ErrTooLarge
	}
	whole, enc, err := decode(data)
	if err != nil {
		return File{}, err
	}
	file := File{Encoding: enc}
	r := records{text: whole, comma: ',', line: 1}
	if head, _, _ := strings.Cut(whole, "\n"); !strings.Contains(head, ",") && strings.Contains(head, "\t") {
		r.comma = '\t'
	}
	header, ok := r.next()
	if !ok || header.unclosed {
		return File{}, ErrNoHeader
	}
	if len(header.cells) > maxColumns {
		return File{}, ErrTooLarge
	}
	readers, err := file.understand(header.cells)
	if err != nil {
		return File{}, err
	}
	r.columns = len(header.cells)
	for row, ok := r.next(); ok; row, ok = r.next() {
		if !slices.ContainsFunc(row.cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		if len(file.Rows) == MaxRows {
			return File{}, ErrTooLarge
		}
		read := readRow(row.line, row.cells, readers)
		if row.unclosed {
			read.Refused = append(read.Refused, Mending{"", QuoteUnclosed})
		}
		file.Rows = append(file.Rows, read)
		file.leaveOut(readers, row.cells)
	}
	return file, nil
}

// leaveOut notes which columns a row fills that are understood and yet not kept.
func (f *File) leaveOut(readers []*column, cells []string) {
	for i, c := range readers {
		if c != nil && i < len(cells) && slices.Contains(notKept, c.name) && tidy(cells[i]) != "" &&
			!slices.Contains(f.Ignored, c.name) {
			f.Ignored = append(f.Ignored, c.name)
		}
	}
}

// notKept are columns that are read, or told by others, and that no facility of ours holds.
var notKept = []string{"画像", "画像ライセンス", "備考", "所在地_全国地方公共団体コード"}

// decode finds out how the file is written.
func decode(data []byte) (string, Encoding, error) {
	switch {
	case bytes.HasPrefix(data, []byte(byteOrderMark)):
		return clean(string(data[len(byteOrderMark):]), UTF8)
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return utf16(data, unicode.UseBOM)
	case len(data) >= 4 && data[1] == 0 && data[3] == 0: // "I", 0, "D", 0
		return utf16(data, unicode.IgnoreBOM)
	case utf8.Valid(data):
		return clean(string(data), UTF8)
	}
	if text, ok := headless16(data); ok {
		return clean(text, UTF16)
	}
	text, err := japanese.ShiftJIS.NewDecoder().Bytes(data)
	if err != nil {
		return "", "", ErrNotText
	}
	return clean(string(text), CP932)
}

func utf16(data []byte, mark unicode.BOMPolicy) (string, Encoding, error) {
	text, err := unicode.UTF16(unicode.LittleEndian, mark).NewDecoder().Bytes(data)
	if err != nil {
		return "", "", ErrNotText
	}
	return clean(string(text), UTF16)
}

// headless16 takes UTF-16LE without a mark when it begins with a column we know.
func headless16(data []byte) (string, bool) {
	text, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder().Bytes(data)
	if err != nil {
		return "", false
	}
	s := string(text)
	return s, strings.HasPrefix(s, current[0].name) || strings.HasPrefix(s, legacy[0].name)
}

// clean brings line ends into one form; a text with NULs is none.
func clean(s string, enc Encoding) (string, Encoding, error) {
	if strings.ContainsRune(s, 0) {
		return "", "", ErrNotText
	}
	return strings.ReplaceAll(
		strings.ReplaceAll(strings.TrimPrefix(s, byteOrderMark), "\r\n", "\n"),
		"\r",
		"\n",
	), enc, nil
}

// heading is the name of a column whatever its width, spaces and brackets.
func heading(s string) string {
	return strings.Join(strings.Fields(strings.ToUpper(norm.NFKC.String(s))), "")
}

// understand finds the edition and what to do with each column; a column that is there twice counts
// once.
func (f *File) understand(header []string) ([]*column, error) {
	headings := make([]string, len(header))
	for i, s := range header {
		headings[i] = heading(s)
	}
	score := func(e Edition) (n int) {
		for _, c := range columnsOf(e) {
			if slices.Contains(headings, heading(c.name)) {
				n++
			}
		}
		return n
	}
	f.Edition = Current
	if score(Legacy) > score(Current) {
		f.Edition = Legacy
	}
	known := map[string]*column{}
	for _, c := range columnsOf(f.Edition) {
		known[heading(c.name)] = &c
	}
	readers := make([]*column, len(header))
	named := false
	for i, s := range header {
		c := known[headings[i]]
		if c == nil || c.cell == nil && !apartKnown(c.name) {
			if name := tidy(s); name != "" {
				f.Ignored = append(f.Ignored, name)
			}
			continue
		}
		delete(known, headings[i])
		readers[i] = c
		named = named || c.name == "名称"
	}
	if !named {
		return nil, ErrNoHeader
	}
	return readers, nil
}

// apartKnown tells whether a column without a cell of its own is kept.
func apartKnown(name string) bool {
	return name == "緯度" || name == "経度" || name == "利用可能曜日" || name == "所在地_全国地方公共団体コード" ||
		slices.Contains(factColumns, name)
}

func readRow(line int, cells []string, readers []*column) Row {
	r := Row{Line: line}
	switch {
	case len(cells) < len(readers):
		r.mend("", CellsMissing)
	case len(cells) > len(readers):
		r.mend("", CellsLeftOver)
	}
	coordinates := map[string]string{}
	for i, c := range readers {
		if c == nil || i >= len(cells) {
			continue
		}
		value := r.tidyCell(c.name, cells[i])
		switch {
		case value == "":
		case c.cell != nil:
			*c.cell(&r.Facility) = value
		case c.name == "緯度" || c.name == "経度":
			coordinates[c.name] = value
		case c.name == "利用可能曜日":
			r.readWeekdays(value)
		case slices.Contains(factColumns, c.name):
			r.readFact(c.name, value)
		}
	}
	r.mendTimes()
	r.mendNumbers()
	r.mendPlace(coordinates)
	return r
}

// tidyCell takes the mark of text.Cell away, and what nobody sees.
func (r *Row) tidyCell(column, s string) string {
	s = text.Uncell(s)
	if len(s) > maxCell {
		s = strings.ToValidUTF8(s[:maxCell], "")
		r.mend(column, CharactersRemoved)
	}
	if strings.ContainsRune(s, utf8.RuneError) {
		r.mend(column, CharactersLost)
	}
	if t := tidy(s); t != strings.TrimSpace(norm.NFC.String(s)) {
		r.mend(column, CharactersRemoved)
		return t
	}
	return tidy(s)
}
