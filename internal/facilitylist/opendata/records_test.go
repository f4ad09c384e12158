package opendata_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
)

const rowsHeader = "全国地方公共団体コード,ID,名称,所在地_連結表記,説明,URL\n"

// told is a row as it was read: its line, its name, and whether it is refused for a quotation mark.
type toldRow struct {
	line    int
	name    string
	refused bool
}

func readRows(t *testing.T, text string) []toldRow {
	t.Helper()
	file, err := opendata.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var rows []toldRow
	for _, r := range file.Rows {
		rows = append(
			rows,
			toldRow{r.Line, r.Name, slices.Contains(r.Refused, opendata.Mending{Code: opendata.QuoteUnclosed})},
		)
	}
	return rows
}

// A quotation mark that was never closed takes no other row along; its own row is refused and told
// by its line [F7].
func TestAnUnclosedQuoteEatsNoRows(t *testing.T) {
	t.Parallel()
	plain := func(n int) string { return fmt.Sprintf("131164,%d,施設%d,南大塚%d,説明%d,\n", n, n, n, n) }
	quoted := func(n int) string {
		return fmt.Sprintf("131164,%d,\"施設%d\",\"南大塚%d\",\"説明\n二行目\",\n", n, n, n)
	}
	broken := "131164,2,施設2,南大塚2,\"閉じない説明,\n"
	for name, c := range map[string]struct {
		text string
		want []toldRow
	}{
		"to the end": {plain(1) + broken + plain(3) + plain(4),
			[]toldRow{{2, "施設1", false}, {3, "施設2", true}, {4, "施設3", false}, {5, "施設4", false}}},
		"the last row":       {plain(1) + broken, []toldRow{{2, "施設1", false}, {3, "施設2", true}}},
		"without a line end": {plain(1) + strings.TrimSpace(broken), []toldRow{{2, "施設1", false}, {3, "施設2", true}}},
		"up to the next": {broken + quoted(3) + plain(4),
			[]toldRow{{2, "施設2", true}, {3, "施設3", false}, {5, "施設4", false}}},
		"over two rows": {broken + plain(3) + quoted(4) + plain(5),
			[]toldRow{{2, "施設2", true}, {3, "施設3", false}, {4, "施設4", false}, {6, "施設5", false}}},
		"an empty quote": {broken + "131164,3,\"\",南大塚3,\"\",\n" + plain(4),
			[]toldRow{{2, "施設2", true}, {3, "", false}, {4, "施設4", false}}},
		"two of them": {broken + broken + plain(3),
			[]toldRow{{2, "施設2", true}, {3, "施設2", true}, {4, "施設3", false}}},
		"lines that are one cell": {
			"131164,1,施設1,南大塚1,\"一行目\n\n「\"\"二\"\"」, 三, 四\n\",\n" + plain(2),
			[]toldRow{{2, "施設1", false}, {6, "施設2", false}},
		},
		"a mark within a line": {"131164,1,施設1,南大塚1,\"12\"の板\",\n131164,2,施設2,5\" 角,,\n",
			[]toldRow{{2, "施設1", false}, {3, "施設2", false}}},
		"empty rows": {plain(1) + "\n\n,,,,,\n" + plain(2), []toldRow{{2, "施設1", false}, {6, "施設2", false}}},
	} {
		if got := readRows(t, rowsHeader+c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if got := readRows(
			t,
			"\ufeff"+strings.ReplaceAll(rowsHeader+c.text, "\n", "\r\n"),
		); !slices.Equal(
			got,
			c.want,
		) {
			t.Errorf("%s, as Windows writes it: %v, want %v", name, got, c.want)
		}
	}
	if _, err := opendata.Read([]byte("\"名称,ID\n施設,1\n")); err == nil {
		t.Error("a header that is not closed was read")
	}
}

// What is read and kept nowhere is told.
func TestColumnsThatAreNotKeptAreTold(t *testing.T) {
	t.Parallel()
	file, err := opendata.Read([]byte("全国地方公共団体コード,名称,画像,備考,名称,担当\n131164,施設,https://example.jp/a.jpg,,別の名,\n"))
	if err != nil || !slices.Equal(file.Ignored, []string{"名称", "担当", "画像"}) {
		t.Errorf("ignores %v, %v", file.Ignored, err)
	}
}

// A file made of openings is read without looking through all of it for each.
func TestManyUnclosedQuotesAreRead(t *testing.T) {
	t.Parallel()
	file, err := opendata.Read([]byte(rowsHeader + strings.Repeat("131164,1,\"施設,\"a,\"b,\"c\n", opendata.MaxRows-1)))
	if err != nil || len(file.Rows) != opendata.MaxRows-1 {
		t.Errorf("%d rows, %v", len(file.Rows), err)
	}
}
