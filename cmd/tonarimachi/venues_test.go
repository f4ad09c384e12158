package main

import (
	"bytes"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
)

func TestImportReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	writeReport(&out, facilitylist.Report{Ignored: []string{"画像"}, Rows: []facilitylist.ImportedRow{
		{
			Line:     2,
			Name:     "区民ひろば",
			Mended:   []opendata.Mending{{Column: "開始時間", Code: "time_form"}},
			Outcome:  facilitylist.Created,
			Facility: uuid.New(),
		},
		{
			Line:    3,
			Name:    "他区の施設",
			Refused: []opendata.Mending{{Column: "全国地方公共団体コード", Code: "code_of_another"}},
			Outcome: facilitylist.Refused,
		},
		{Line: 4, Name: "区民センター", Outcome: facilitylist.Unchanged, Facility: uuid.New()},
	}})
	want := "columns that are not kept: 画像\nline 2, 区民ひろば: created (開始時間 time_form)\n" +
		"line 3, 他区の施設: refused (全国地方公共団体コード code_of_another)\n1 created, 0 changed, 1 unchanged, 1 refused.\n"
	if out.String() != want {
		t.Errorf("reports %q", out.String())
	}
}
