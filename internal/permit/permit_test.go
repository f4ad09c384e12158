package permit

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func sample() Permit {
	return Permit{
		Number:   "20260523-7D3B0F5E",
		Issued:   time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC),
		Borrower: "文京区",
		Lender:   "豊島区",
		Rows: []Row{
			{
				"施設",
				"としま区民センター",
			},
			{"部屋", "多目的ホール（A面）"},
			{"所在地", "東京都豊島区東池袋1-20-10"},
			{"使用日時", "2026年5月23日（土）13:00〜16:00"},
			{"使用目的", strings.Repeat("ひきこもりに関する合同相談会の準備と当日の運営、", 6)},
			{"使用料", "1,200円（2,400円から50%減免）"},
		},
		Conditions: "ピアノは使えません。\n終わったら机と椅子を元の位置に戻してください。",
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	first, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	again, err := Render(sample())
	if err != nil || !bytes.Equal(first, again) {
		t.Errorf("the same values give other bytes (%v)", err)
	}
	if !bytes.HasPrefix(first, []byte("%PDF-")) || len(first) > 400_000 ||
		bytes.Count(first, []byte("/Type /Page\n")) > 1 {
		t.Errorf("%d bytes", len(first))
	}
	other := sample()
	other.Number = "20260523-00000000"
	if differs, _ := Render(other); bytes.Equal(first, differs) {
		t.Error("another number gives the same paper")
	}
}

// Long conditions go on on further pages, and glyphs that the font lacks don't stop the printer.
func TestRenderIsNotStopped(t *testing.T) {
	t.Parallel()
	p := sample()
	short, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	p.Conditions = strings.Repeat("条件を守ってください。\n", 150) + "𠮷野家 🍵 ﷽"
	long, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	pages := func(b []byte) int { return bytes.Count(b, []byte("/Contents")) }
	if pages(long) < pages(short)+2 {
		t.Errorf("%d pages, then %d", pages(short), pages(long))
	}
}
