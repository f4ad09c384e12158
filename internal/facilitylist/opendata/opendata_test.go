package opendata_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/unicode"

	"github.com/tonarimachi/tonarimachi/internal/facilitylist/opendata"
)

var update = flag.Bool("update", false, "write the golden files anew")

func ptr[T any](v T) *T { return &v }

func hall() opendata.Facility {
	return opendata.Facility{
		Code:         "131164",
		ID:           "0001",
		Municipality: "豊島区",
		Name:         "としまセンタースクエア",
		Kana:         "トシマセンタースクエア",
		Address:      "東京都豊島区南池袋二丁目45番1号",
		Prefecture:   "東京都",
		City:         "豊島区",
		Building:     "豊島区役所本庁舎1階",
		Latitude:     ptr(35.726129),
		Longitude:    ptr(139.716656),
		Phone:        "03-0000-0000",
		PostalCode:   "171-8422",
		Weekdays:     []int{1, 2, 3, 4, 5, 6, 0},
		Opens:        "09:00",
		Closes:       "21:30",
		HoursNote:    "年末年始は、お休みです。",
		Description:  "全面を、A面とB面に分けて使えます。\n机と椅子があります。",
		Facts:        map[string]bool{"wheelchair_access": true, "stroller_loan": false},
		FactsNote:    "車いすで入れます",
		URL:          "https://tonarimachi.example.jp/facilities/1",
		Note:         "カンマ,と\"引用符\"",
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs: %q", name, got)
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		edition  opendata.Edition
		encoding opendata.Encoding
	}{{"current.csv", opendata.Current, opendata.UTF8}, {"legacy.csv", opendata.Legacy, opendata.UTF8},
		{"legacy-cp932.csv", opendata.Legacy, opendata.CP932}} {
		got, err := opendata.Write([]opendata.Facility{hall()}, c.edition, c.encoding)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, c.name, got)
		back, err := opendata.Read(got)
		if err != nil || len(back.Rows) != 1 || back.Edition != c.edition || back.Encoding != c.encoding ||
			len(back.Rows[0].Mended) > 0 {
			t.Fatalf("%s reads back as %+v, %v", c.name, back, err)
		}
		want := hall()
		if c.edition == opendata.Legacy {
			want.Municipality, want.PostalCode, want.Facts = "", "", nil
		} else {
			want.FactsNote = ""
		}
		if !reflect.DeepEqual(back.Rows[0].Facility, want) {
			t.Errorf("%s: %+v\nwant %+v", c.name, back.Rows[0].Facility, want)
		}
	}
}

// The columns are those that the digital agency and, before it, the cabinet secretariat published.
func TestHeaders(t *testing.T) {
	t.Parallel()
	for edition, count := range map[opendata.Edition]int{opendata.Current: 56, opendata.Legacy: 24} {
		file, err := opendata.Write(nil, edition, opendata.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		header, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file, []byte("\ufeff")))).Read()
		if err != nil || len(header) != count {
			t.Errorf("%s has %d columns (%v), want %d", edition, len(header), err, count)
		}
	}
}

func TestFormulasAreHarmless(t *testing.T) {
	t.Parallel()
	for _, cell := range []string{
		"=1+1",
		"+81-3-0000-0000",
		"-1",
		"@SUM(A1)",
		"\t=1",
		"＝cmd",
		"=HYPERLINK(\"http://x\")",
	} {
		f := hall()
		f.Note, f.Name = cell, cell
		file, err := opendata.Write([]opendata.Facility{f}, opendata.Current, opendata.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, got := range records[1] {
			if got != "" && strings.ContainsAny(got[:1], "=+-@\t\r") {
				t.Errorf("a cell begins with %q", got)
			}
		}
		if back, err := opendata.Read(file); err != nil || back.Rows[0].Note != strings.TrimSpace(cell) {
			t.Errorf("%q reads back as %+v, %v", cell, back, err)
		}
	}
}

// Files as towns have them.
func TestReadWhatTownsHave(t *testing.T) {
	t.Parallel()
	messy := "全国地方公共団体コード,ＩＤ,名称 ,建物名等(方書),所在地_連結表記,所在地＿都道府県,所在地_市区町村,緯度,経度,電話番号,郵便番号,法人番号,利用可能曜日,開始時間,終了時間," +
		"スロープ､エレベータ､エスカレータ,字幕,多目的トイレ,担当者\n" +
		"13116,7,区民ひろば,２階,南大塚2-36-1,東京都,豊島区,139.73,３５．７３,０３（００００）００００,〒1700005,1.23E+12,月～金、日,９時,24:00,○,不可,たぶん,山田\n" +
		",,,,,,,,,,,,,,,,,,\n" +
		"131164,8,\"カンマ, と\n改行\",,東京都豊島区1-1,,,0,0,電話なし,17,,毎日,25:00,9時半\n"
	le := func(s string, mark unicode.BOMPolicy) []byte {
		b, err := unicode.UTF16(unicode.LittleEndian, mark).NewEncoder().Bytes([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sjis, err := japanese.ShiftJIS.NewEncoder().Bytes([]byte(messy))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data     []byte
		encoding opendata.Encoding
	}{
		"UTF-8":                {[]byte(messy), opendata.UTF8},
		"UTF-8 with a mark":    {[]byte("\ufeff" + strings.ReplaceAll(messy, "\n", "\r\n")), opendata.UTF8},
		"CP932":                {sjis, opendata.CP932},
		"UTF-16LE with a mark": {le(messy, unicode.UseBOM), opendata.UTF16},
		"UTF-16LE without":     {le(messy, unicode.IgnoreBOM), opendata.UTF16},
		"tabs": {le(strings.ReplaceAll(strings.ReplaceAll(messy, ", と", "; と"), ",", "\t"), unicode.UseBOM),
			opendata.UTF16},
	} {
		file, err := opendata.Read(c.data)
		if err != nil || len(file.Rows) != 2 || file.Encoding != c.encoding || file.Edition != opendata.Current {
			t.Errorf("%s: %+v, %v", name, file, err)
			continue
		}
		if !slices.Equal(file.Ignored, []string{"担当者"}) {
			t.Errorf("%s: ignores %v", name, file.Ignored)
		}
		first := file.Rows[0]
		if first.Code != "13116" || first.ID != "7" || first.Building != "２階" || first.Address != "東京都豊島区南大塚2-36-1" ||
			*first.Latitude != 35.73 || *first.Longitude != 139.73 ||
			first.Phone != "03(0000)0000" || first.PostalCode != "170-0005" || first.CorporateNumber != "" ||
			first.Opens != "09:00" || first.Closes != "24:00" ||
			!slices.Equal(first.Weekdays, []int{1, 2, 3, 4, 5, 0}) ||
			!first.Facts["slope_elevator"] ||
			first.Facts["captions"] ||
			len(first.Facts) != 2 {
			t.Errorf("%s: %+v", name, first.Facility)
		}
		want := []opendata.Mending{
			{
				"多目的トイレ",
				opendata.AnswerUnreadable,
			},
			{"開始時間", opendata.TimeForm},
			{"郵便番号", opendata.PostalForm},
			{"電話番号", opendata.PhoneForm},
			{"法人番号", opendata.NumberLost},
			{"緯度", opendata.CoordinatesSwapped},
			{"住所", opendata.AddressJoined},
		}
		if !slices.Equal(first.Mended, want) {
			t.Errorf("%s: mended %v", name, first.Mended)
		}
		second := file.Rows[1]
		if second.Latitude != nil || second.Opens != "" || second.Closes != "09:30" || second.Phone != "" ||
			len(second.Weekdays) != 7 ||
			second.Line != 4 {
			t.Errorf("%s: %+v in line %d", name, second.Facility, second.Line)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing": {nil, opendata.ErrNoHeader}, "no header": {[]byte("1,2,3\n4,5,6\n"), opendata.ErrNoHeader},
		"a picture":            {[]byte("\x89PNG\x00\x00\x00\x0d"), opendata.ErrNotText},
		"2 MiB":                {bytes.Repeat([]byte("a"), 2<<20), opendata.ErrTooLarge},
		"6,000 rows":           {[]byte("名称\n" + strings.Repeat("x\n", 6000)), opendata.ErrTooLarge},
		"300 columns":          {[]byte("名称" + strings.Repeat(",x", 300) + "\n"), opendata.ErrTooLarge},
		"names of no facility": {[]byte("ID,NO\n1,2\n"), opendata.ErrNoHeader},
	} {
		if _, err := opendata.Read(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// What was read and is written reads the same, in every edition and whatever came in.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"current.csv", "legacy.csv", "legacy-cp932.csv"} {
		seed, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Add([]byte("名称,緯度,経度,利用可能曜日,開始時間\n'=x,139,35,月～,２４：００\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := opendata.Read(data)
		if err != nil {
			return
		}
		var list []opendata.Facility
		for _, r := range file.Rows {
			list = append(list, r.Facility)
		}
		written, err := opendata.Write(list, file.Edition, opendata.UTF8)
		if err != nil {
			t.Fatal(err)
		}
		again, err := opendata.Read(written)
		if errors.Is(err, opendata.ErrTooLarge) {
			return
		}
		if err != nil {
			t.Fatalf("what was written is refused: %v", err)
		}
		var blank opendata.Facility
		list = slices.DeleteFunc(
			list,
			func(f opendata.Facility) bool { f.Facts = nil; return reflect.DeepEqual(f, blank) },
		)
		var back []opendata.Facility
		for _, r := range again.Rows {
			back = append(back, r.Facility)
		}
		back = slices.DeleteFunc(
			back,
			func(f opendata.Facility) bool { f.Facts = nil; return reflect.DeepEqual(f, blank) },
		)
		for i := range min(len(list), len(back)) {
			if len(list[i].Facts) == 0 {
				list[i].Facts = nil
			}
			if len(back[i].Facts) == 0 {
				back[i].Facts = nil
			}
			if !reflect.DeepEqual(list[i], back[i]) {
				t.Fatalf("%+v became %+v", list[i], back[i])
			}
		}
		if len(list) != len(back) {
			t.Fatalf("%d facilities became %d", len(list), len(back))
		}
	})
}
