package opendata

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"

	"github.com/tonarimachi/tonarimachi/internal/text"
)

const byteOrderMark = "\ufeff"

// Write gives a file. In CP932 what it lacks becomes 〓, a geta, as printers do.
func Write(facilities []Facility, edition Edition, enc Encoding) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	columns := columnsOf(edition)
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.name
	}
	if err := w.Write(header); err != nil {
		return nil, fmt.Errorf("write header: %w", err)
	}
	record := make([]string, len(columns))
	for i := range facilities {
		for j, c := range columns {
			record[j] = text.Cell(cellOf(&facilities[i], c))
		}
		if err := w.Write(record); err != nil {
			return nil, fmt.Errorf("write facility: %w", err)
		}
	}
	if w.Flush(); w.Error() != nil {
		return nil, fmt.Errorf("write facilities: %w", w.Error())
	}
	if enc != CP932 {
		return append([]byte(byteOrderMark), out.Bytes()...), nil
	}
	return toCP932(out.String())
}

// toCP932 has wave dashes and dashes as Windows writes them.
func toCP932(s string) ([]byte, error) {
	s = strings.NewReplacer("〜", "～", "−", "－", "—", "―", "‖", "∥").Replace(s)
	encoder := japanese.ShiftJIS.NewEncoder()
	if whole, err := encoder.String(s); err == nil {
		return []byte(whole), nil
	}
	var out bytes.Buffer
	for _, r := range s {
		one, err := encoding.ReplaceUnsupported(japanese.ShiftJIS.NewEncoder()).String(string(r))
		if plain, refused := japanese.ShiftJIS.NewEncoder().String(string(r)); refused == nil {
			one, err = plain, nil
		} else if err == nil {
			one = "\x81\xac" // 〓
		}
		if err != nil {
			return nil, fmt.Errorf("write as CP932: %w", err)
		}
		out.WriteString(one)
	}
	return out.Bytes(), nil
}

func cellOf(f *Facility, c column) string {
	if c.cell != nil {
		return *c.cell(f)
	}
	switch c.name {
	case "緯度":
		return degrees(f.Latitude)
	case "経度":
		return degrees(f.Longitude)
	case "所在地_全国地方公共団体コード":
		return f.Code
	case "利用可能曜日":
		return weekdaysText(f.Weekdays)
	}
	if i := slices.Index(factColumns, c.name); i >= 0 {
		if has, stated := f.Facts[Facts[i]]; stated {
			return map[bool]string{true: "有", false: "無"}[has]
		}
	}
	return ""
}

func degrees(d *float64) string {
	if d == nil {
		return ""
	}
	return strconv.FormatFloat(*d, 'f', 6, 64)
}

const weekdayNames = "日月火水木金土"

// weekdaysText begins with Monday: 月火水木金土日.
func weekdaysText(days []int) string {
	var out strings.Builder
	names := []rune(weekdayNames)
	for _, d := range []int{1, 2, 3, 4, 5, 6, 0} {
		if slices.Contains(days, d) {
			out.WriteRune(names[d])
		}
	}
	return out.String()
}
