package main

import (
	"bytes"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestTellImport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tellImport(&out, []string{"画像"}, []venue.Imported{
		{ImportItem: venue.ImportItem{Line: 2, Name: "区民ひろば", Mended: []venue.Mending{{Column: "開始時間", Code: "time_form"}}}, Outcome: venue.Created, Facility: uuid.New()},
		{ImportItem: venue.ImportItem{Line: 3, Name: "他区の施設", Refused: []venue.Mending{{Column: "全国地方公共団体コード", Code: "code_of_another"}}}, Outcome: venue.RefusedImport},
		{ImportItem: venue.ImportItem{Line: 4, Name: "区民センター"}, Outcome: venue.Unchanged, Facility: uuid.New()},
	})
	want := "columns that are not kept: 画像\nline 2, 区民ひろば: created (開始時間 time_form)\nline 3, 他区の施設: refused (全国地方公共団体コード code_of_another)\n1 created, 0 changed, 1 unchanged, 1 refused.\n"
	if out.String() != want {
		t.Errorf("tells %q", out.String())
	}
}
