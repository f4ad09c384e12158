package httpapi

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/api"
)

// reported is the report of an import: line, outcome and codes of each row.
func reported(r api.ImportReport) (all []string) {
	for _, row := range r.Rows {
		line := fmt.Sprintf("%d %s", row.Line, row.Outcome)
		for _, m := range append(slices.Clone(row.RefusedFor), row.Mended...) {
			if m.Code != "code_completed" {
				line += " " + m.Column + ":" + m.Code
			}
		}
		all = append(all, line)
	}
	return all
}

// An import never overwrites what an earlier row of the list said, and takes no facility for
// another, without a word [F8].
func TestAnImportReportsWhatItOverwrites(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const header = "全国地方公共団体コード,ID,名称,所在地_連結表記,開始時間,終了時間,備考\n"
	row := func(id, name, address, more string) string {
		return "131164," + id + "," + name + "," + address + "," + more + "\n"
	}
	for _, c := range []struct {
		name, list string
		want       []string
	}{
		{
			"two rows of one identifier",
			row(
				"A-1",
				"区民ひろば",
				"南大塚1",
				"9:00,17:00,",
			) + row("A-1", "別の施設", "池袋2", ",,") + row("A-2", "図書館", "池袋3", ",,"),
			[]string{"2 created 開始時間:time_form", "3 refused ID:twice_in_list", "4 created"},
		},
		{
			"the same again",
			row("A-1", "区民ひろば", "南大塚1", ",,") + row("A-1", "区民ひろば", "南大塚1", ",,"),
			[]string{"3 refused ID:twice_in_list"},
		},
		{
			"two rows of one name without identifier",
			row("", "集会所", "雑司が谷1", ",,") + row("", "集会所", "高田2", ",,"),
			[]string{"2 created", "3 refused 名称:twice_in_list"},
		},
		{"another address for a name", row("", "集会所", "高田2", ",,"), []string{"2 changed 所在地_連結表記:found_by_name"}},
		{"a second one of the name", row("B-1", "集会所", "長崎3", ",,"), []string{"2 created"}},
		{"a name that two have", row("", "集会所", "要町4", ",,"), []string{"2 refused 名称:name_ambiguous"}},
		{"a name that two have, at one's address", row("", "集会所", "長崎3", ",,"), nil},
		{
			"hours that are not put on",
			row("A-1", "区民ひろば", "南大塚1", "10:00,12:00,"),
			[]string{"2 unchanged 開始時間:hours_kept"},
		},
		{"hours over midnight", row("A-2", "図書館", "池袋3", "20:00,06:00,"), []string{"2 unchanged 開始時間:hours_left_out"}},
	} {
		for _, query := range []string{"?dry_run=true", ""} {
			if got := reported(b.bring(t, query, []byte(header+c.list))); !slices.Equal(got, c.want) {
				t.Errorf("%s%s: %q, want %q", c.name, query, got, c.want)
			}
		}
	}
	note := b.bring(t, "", []byte(header+row("A-2", "図書館", "池袋3", ",,ここだけの話")))
	if !slices.Equal(note.IgnoredColumns, []string{"備考"}) {
		t.Errorf("ignores %q", note.IgnoredColumns)
	}
	broken := b.bring(t, "", []byte(header+row("C-1", "体育館", "\"千川5", ",,")+row("C-2", "プール", "千早6", ",,")))
	if got := reported(broken); !slices.Equal(got, []string{"2 refused :quote_unclosed :cells_missing", "3 created"}) {
		t.Errorf("an unclosed quotation mark: %q", got)
	}
	// All of them, however many.
	many := header
	for i := range 1200 {
		many += row(fmt.Sprintf("D-%d", i/2), fmt.Sprintf("倉庫%d", i), "椎名町7", ",,")
	}
	if got := b.bring(t, "?dry_run=true", []byte(many)); len(got.Rows) != 1200 || got.Refused != 600 ||
		!strings.Contains(reported(got)[1199], "twice_in_list") {
		t.Errorf("%d rows reported, %d refused", len(got.Rows), got.Refused)
	}
}
