package site_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

func formOf(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func titles(doc *goquery.Document) string {
	return strings.Join(doc.Find(".row-title a").Map(func(_ int, s *goquery.Selection) string { return text(s) }), " ")
}

// gatherings are four that differ in all a list asks for.
func gatherings(k *kit) {
	k.publish("bunkyo", meeting(func(in *event.Input) { in.Title = "文京の席" }))
	k.publish("hino", meeting(func(in *event.Input) {
		in.Title, in.Kind, in.AudienceTags = "日野の女子会", "joshikai", []event.AudienceTag{"women"}
		in.Occurrences[0].Place.AreaCode = "132128"
		in.Occurrences[0].Parts = nil
		in.Occurrences[0].StartsAt, in.Occurrences[0].EndsAt = in.Occurrences[0].StartsAt.AddDate(
			0,
			0,
			1,
		), in.Occurrences[0].EndsAt.AddDate(
			0,
			0,
			1,
		)
	}))
	k.publish("rakunokai", meeting(func(in *event.Input) {
		in.Title, in.Kind, in.AudienceTags = "家族のオンライン", "family", []event.AudienceTag{"family"}
		in.Occurrences[0].Place = event.Place{Kind: event.Online}
		in.Occurrences[0].Parts[0].Quotas[0].Channel = event.ChannelOnline
		in.Occurrences[0].StartsAt, in.Occurrences[0].EndsAt = in.Occurrences[0].StartsAt.AddDate(
			0,
			0,
			20,
		), in.Occurrences[0].EndsAt.AddDate(
			0,
			0,
			20,
		)
	}))
}

func TestFilters(t *testing.T) {
	t.Parallel()
	k := setup(t)
	gatherings(k)
	for query, want := range map[string]string{
		"":                                "文京の席 日野の女子会 家族のオンライン",
		"from=2026-12-17":                 "日野の女子会 家族のオンライン",
		"to=2026-12-16":                   "文京の席",
		"from=2026-12-17&to=2026-12-17":   "日野の女子会",
		"area=hino":                       "日野の女子会",
		"exclude_organization=hino":       "文京の席 家族のオンライン",
		"organization=rakunokai":          "家族のオンライン",
		"partnership=ux-joshikai":         "文京の席 日野の女子会",
		"audience=women":                  "文京の席 日野の女子会",
		"audience=family":                 "文京の席 家族のオンライン",
		"kind=joshikai":                   "日野の女子会",
		"place=online":                    "家族のオンライン",
		"place=in_person":                 "文京の席 日野の女子会",
		"reservation=none":                "日野の女子会",
		"reservation=seat&place=online":   "家族のオンライン",
		"q=おしゃべり":                         "",
		"q=女子会":                           "日野の女子会",
		"from=&to=&q=&kind=&area=&x=y":    "文京の席 日野の女子会 家族のオンライン",
		"kind=joshikai&area=bunkyo":       "",
		"kind=joshikai&kind=consultation": "日野の女子会",
	} {
		doc := k.page("/events?" + url.PathEscape(query))
		if got := titles(doc); got != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
		if want == "" && (doc.Find(".empty").Length() != 1 || doc.Find(".empty .chips a").Length() == 0) {
			t.Errorf("%q: an empty list shows no way out", query)
		}
	}
	doc := k.page("/events?area=hino&kind=joshikai&q=会&partnership=ux-joshikai")
	if got := text(
		doc.Find(".chips[aria-label]"),
	); got != "ひきこもりUX女子会 広域連携の条件をはずす 日野市の条件をはずす 女子会の条件をはずす 「会」の条件をはずす すべてはずす" {
		t.Errorf("chips = %q", got)
	}
	if got := doc.Find(
		`.chips a:contains("日野市")`,
	).AttrOr(
		"href",
		"",
	); got != "/events?kind=joshikai&partnership=ux-joshikai&q=%E4%BC%9A" {
		t.Errorf("without the area: %q", got)
	}
	if doc.Find(`#area option[selected][value="hino"]`).Length() != 1 ||
		doc.Find(`input[name="q"]`).AttrOr("value", "") != "会" ||
		doc.Find(`input[type="hidden"][name="partnership"]`).AttrOr("value", "") != "ux-joshikai" {
		t.Error("the form forgets what was asked")
	}
	if got := k.page(
		"/events?kind=joshikai",
	).Find(
		".feed .input",
	).AttrOr(
		"value",
		"",
	); got != baseURL+"/feeds/kinds/joshikai.ics" {
		t.Errorf("feed of a kind = %q", got)
	}
	if got := text(k.page("/events").Find(".day-head").First()); got != "12月16日（水）" {
		t.Errorf("first day = %q", got)
	}
}

func TestBadFilters(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for query, id := range map[string]string{
		"from=2026-02-30":               "from",
		"from=yesterday":                "from",
		"to=2026-11-21":                 "to",
		"from=2026-12-02&to=2026-12-01": "to",
		"area=nowhere":                  "area",
		"area=rakunokai":                "area",
		"exclude_organization=nowhere":  "exclude",
		"kind=party":                    "kind",
		"audience=all":                  "audience",
		"place=moon":                    "place-0",
		"reservation=maybe":             "reservation-0",
		"organization=nowhere":          "",
		"partnership=nowhere":           "",
		"q=" + strings.Repeat("あ", 101): "q",
		"q=%E2%80%AEabc":                "q", "q=a%07b": "q",
	} {
		a := k.get("/events?" + strings.ReplaceAll(query, "あ", "%E3%81%82"))
		if a.Code != http.StatusUnprocessableEntity {
			t.Errorf("%.40q = %d", query, a.Code)
			continue
		}
		if a.doc.Find(".filter > details[open]").Length() != 1 {
			t.Errorf("%.40q: the form is folded", query)
		}
		link := a.doc.Find("#errors li a")
		if id == "" {
			if link.Length() != 0 || a.doc.Find("#errors li").Length() != 1 {
				t.Errorf("%.40q: %s", query, text(a.doc.Find("#errors")))
			}
			continue
		}
		if got := link.AttrOr("href", ""); got != "#"+id {
			t.Errorf("%.40q leads to %q", query, got)
		}
	}
	a := k.get("/events?from=yesterday&q=%3Cb%3E&kind=party")
	if got := a.doc.Find(
		"#from",
	).AttrOr(
		"value",
		"",
	) + a.doc.Find(
		"#q",
	).AttrOr(
		"value",
		"",
	); got != "yesterday<b>" ||
		a.doc.Find("#errors li").Length() != 2 {
		t.Errorf("given back: %q with %d lines", got, a.doc.Find("#errors li").Length())
	}
	if describedBy := a.doc.Find(
		"#from[aria-invalid=true]",
	).AttrOr(
		"aria-describedby",
		"",
	); describedBy != "from-error" {
		t.Errorf("the mistake is not told at the control: %q", describedBy)
	}
}

func TestPaging(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for i := range 23 {
		k.publish("bunkyo", meeting(func(in *event.Input) {
			in.Title = "集まり" + string(rune('A'+i))
			in.Occurrences[0].StartsAt, in.Occurrences[0].EndsAt = in.Occurrences[0].StartsAt.AddDate(
				0,
				0,
				i/2,
			), in.Occurrences[0].EndsAt.AddDate(
				0,
				0,
				i/2,
			)
		}))
	}
	first := k.page("/events?kind=ibasho")
	next := first.Find(`a[rel="next"]`).AttrOr("href", "")
	second := k.page(next)
	all := first.Find(".row").Length() + second.Find(".row").Length()
	if first.Find(".row").Length() != 20 || all != 23 || second.Find(`a[rel="next"]`).Length() != 0 {
		t.Errorf("pages of %d and %d", first.Find(".row").Length(), second.Find(".row").Length())
	}
	seen := map[string]bool{}
	for _, title := range strings.Fields(titles(first) + " " + titles(second)) {
		if seen[title] {
			t.Errorf("%s stands on both pages", title)
		}
		seen[title] = true
	}
	if got := second.Find(`.pager a:contains("最初")`).AttrOr("href", ""); got != "/events?kind=ibasho" {
		t.Errorf("back to the first page: %q", got)
	}
	cursor := next[strings.Index(next, "cursor=")+7:]
	for _, bad := range []string{
		"/events?cursor=" + cursor,
		"/events?kind=family&cursor=" + cursor,
		next + "A",
		"/events?cursor=x",
		"/events?cursor=" + strings.Repeat("A", 5000),
	} {
		if a := k.get(bad); a.Code != http.StatusBadRequest || a.doc == nil {
			t.Errorf("%.60s = %d", bad, a.Code)
		}
	}
}
