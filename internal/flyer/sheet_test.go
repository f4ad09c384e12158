package flyer

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

func TestSheet(t *testing.T) {
	t.Parallel()
	s := Sheet{
		Title:   "お茶の会<script>",
		When:    "11月15日（日）13:30〜16:30",
		Place:   "区民センター",
		Seats:   "2人",
		Until:   "11月14日（土）13:30",
		Address: "tonarimachi.example/paper",
		Strips:  []Strip{{"7BEB-M6F4-74KR", 21, "M0 0h1v1h-1z"}, {"0111-2345-6789", 21, "M0 0h2v1h-2z"}},
	}
	page, err := s.HTML()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(page)))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find(
		"li.strip",
	).Length(); n != 2 || doc.Find(".code").First().Text() != "7BEB-M6F4-74KR" ||
		doc.Find("path").Last().AttrOr("d", "") != "M0 0h2v1h-2z" {
		t.Errorf("%d strips: %s", n, page)
	}
	if doc.Find("script, link, img").Length() != 0 || doc.Find("html").AttrOr("lang", "") != "ja" ||
		strings.Contains(doc.Find("body").Text(), "<no value>") {
		t.Errorf("not whole in itself: %s", page)
	}
}
