package site_test

import (
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/tonarimachi/tonarimachi/web"
)

var iconID = regexp.MustCompile(`<symbol id="([a-z]+)"`)

// referrerPolicy is what a page has to say: other sites hear nothing, and ours hear where a form
// comes from [S8].
func referrerPolicy(doc *goquery.Document) string {
	if doc != nil && doc.Find(`form[method="post"]`).Length() > 0 {
		return "same-origin"
	}
	return "no-referrer"
}

// checkPage holds what is true of every page we ever send, whatever is on it.
func checkPage(t testing.TB, name string, a answer) {
	t.Helper()
	doc := a.doc
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf(name+": "+format, args...)
	}
	if lang, _ := doc.Find("html").Attr("lang"); lang != "ja" {
		fail("lang = %q", lang)
	}
	if len(a.Result().Cookies()) > 0 {
		fail("sets a cookie")
	}
	if a.Header().Get("Referrer-Policy") != referrerPolicy(doc) ||
		doc.Find("meta[name=referrer]").Length() > 0 && !strings.HasSuffix(name, " /koyomi") ||
		a.Header().Get("Cache-Control") == "" {
		fail("headers: %v", a.Header())
	}
	if n := doc.Find("h1").Not("template *").Length(); n != 1 {
		fail("%d h1", n)
	}
	if strings.TrimSpace(doc.Find("h1").Text()) == "" || strings.TrimSpace(doc.Find("title").Text()) == "" {
		fail("no heading or title")
	}
	if strings.HasSuffix(name, " /koyomi") {
		checkNeutral(a, fail)
	} else if strings.Contains(name, " /door") {
		if doc.Find(".leave, script[src*='leave.js']").Length() != 0 {
			fail("leaving would forget what was counted")
		}
	} else if exit := doc.Find(
		"a.leave[data-leave]",
	); exit.Length() != 1 || exit.AttrOr(
		"href",
		"",
	) != "/koyomi?leave=1" || doc.Find("header.site-head > a.leave:first-child").Length() != 1 {
		fail("%d ways out", exit.Length())
	}
	for _, landmark := range []string{
		"header.site-head",
		"main#main",
		"footer.site-foot",
		"a.skip[href='#main']",
		"nav[aria-label]",
	} {
		if doc.Find(landmark).Length() == 0 && !strings.HasSuffix(name, " /koyomi") {
			fail("no %s", landmark)
		}
	}
	checkHeadings(doc, fail)
	checkControls(doc, fail)
	checkReferences(doc, fail)
	checkAssets(doc, fail)
	if n := doc.Find("script:not([src]), style, [style]").Length(); n > 0 {
		fail("%d inline scripts or styles", n)
	}
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, attr := range s.Nodes[0].Attr {
			if strings.HasPrefix(attr.Key, "on") {
				fail("inline handler %s", attr.Key)
			}
		}
	})
	if body := a.Body.String(); strings.Contains(body, "<no value>") || strings.Contains(body, "ZgotmplZ") ||
		strings.Contains(body, "うまくいきませんでした。少し時間") {
		fail("a text is missing")
	}
	if a.Code == http.StatusUnprocessableEntity && doc.Find("#errors").Length() == 0 && doc.Find("form").Length() > 0 {
		fail("a form is given back without a summary")
	}
}

// checkNeutral finds whatever would tell whose page it is, or lead back.
func checkNeutral(a answer, fail func(string, ...any)) {
	if a.Header().Get("Cache-Control") != "no-store" {
		fail("may be kept: %v", a.Header())
	}
	if n := a.doc.Find("a, form, button, header, footer, nav, use").Length(); n > 0 {
		fail("%d things lead away", n)
	}
	if icon := a.doc.Find(`link[rel="icon"]`).AttrOr("href", ""); !strings.HasSuffix(icon, "/img/koyomi.svg") {
		fail("icon = %q", icon)
	}
	for _, told := range []string{"となりまち", "tonarimachi", "参加", "集まり", "ひきこもり", "相談"} {
		if strings.Contains(strings.ToLower(a.Body.String()), told) {
			fail("says %q", told)
		}
	}
}

func checkHeadings(doc *goquery.Document, fail func(string, ...any)) {
	last := 0
	doc.Find("h1, h2, h3, h4, h5, h6").Not("template *").Each(func(_ int, s *goquery.Selection) {
		level := int(s.Nodes[0].Data[1] - '0')
		// The first page's search stands beside its greeting.
		if level > last+1 {
			fail("h%d after h%d: %s", level, last, text(s))
		}
		if text(s) == "" {
			fail("an empty h%d", level)
		}
		last = level
	})
}

func checkControls(doc *goquery.Document, fail func(string, ...any)) {
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id, _ := s.Attr("id")
		if id == "" || text(doc.Find(`label[for="`+id+`"]`)) == "" {
			fail("a control without label: %q", id)
		}
	})
	if n := doc.Find(
		`input[type="text"]:not([autocomplete="off"]), input[type="search"]:not([autocomplete="off"])`,
	).Length(); n > 0 {
		fail("the browser keeps what is typed into %d fields", n)
	}
	doc.Find("fieldset").Each(func(_ int, s *goquery.Selection) {
		if text(s.ChildrenFiltered("legend")) == "" {
			fail("a fieldset without legend")
		}
	})
	doc.Find("button").Each(func(_ int, s *goquery.Selection) {
		if text(s) == "" {
			fail("a button without words")
		}
		if _, ok := s.Attr("type"); !ok {
			fail("a button without type")
		}
	})
	doc.Find("form").Each(func(_ int, s *goquery.Selection) {
		if action, _ := s.Attr("action"); !strings.HasPrefix(action, "/") {
			fail("form action %q", action)
		}
		if s.AttrOr("autocomplete", "") != "off" {
			fail("the browser keeps what is typed into %s", s.AttrOr("action", ""))
		}
		if _, scripts := s.Attr(
			"hidden",
		); s.Find("button[type=submit]").Length() == 0 &&
			!scripts { // one that a script shows is sent by it
			fail("a form nobody can send")
		}
	})
	if n := doc.Find("a:not([href])").Length(); n > 0 {
		fail("%d links lead nowhere", n)
	}
	doc.Find("a").Each(func(_ int, s *goquery.Selection) {
		if text(s) == "" {
			fail("a link without words")
		}
		href, _ := s.Attr("href")
		if strings.HasPrefix(href, "http") && !strings.Contains(s.AttrOr("rel", ""), "noreferrer") {
			fail("a link to another host tells where it comes from: %s", href)
		}
	})
}

// checkReferences finds ids that stand twice, and references to ids that do not stand.
func checkReferences(doc *goquery.Document, fail func(string, ...any)) {
	ids := map[string]int{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) { ids[s.AttrOr("id", "")]++ })
	for id, n := range ids {
		if n > 1 || id == "" {
			fail("id %q stands %d times", id, n)
		}
	}
	for _, attr := range []string{"aria-labelledby", "aria-describedby", "for", "data-copy", "data-said"} {
		doc.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
			for _, id := range strings.Fields(s.AttrOr(attr, "")) {
				if ids[id] == 0 {
					fail("%s names %q, which is not there", attr, id)
				}
			}
		})
	}
	doc.Find(`a[href^="#"]`).Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("href", "")[1:]; ids[id] == 0 {
			fail("a link to #%s, which is not there", id)
		}
	})
}

// uploaded are the addresses of photos.
var uploaded = regexp.MustCompile(`^/photos/[0-9a-f]{64}\.jpg$`)

// checkAssets finds files that are not ours, and icons nobody drew.
func checkAssets(doc *goquery.Document, fail func(string, ...any)) {
	sprite, err := fs.ReadFile(web.Static, "img/icons.svg")
	if err != nil {
		fail("read icons: %v", err)
	}
	icons := map[string]bool{}
	for _, m := range iconID.FindAllSubmatch(sprite, -1) {
		icons[string(m[1])] = true
	}
	ours := func(address string) {
		if uploaded.MatchString(address) {
			return // kept in the database
		}
		parts := strings.SplitN(strings.TrimPrefix(address, "/static/"), "/", 2)
		if !strings.HasPrefix(address, "/static/") || len(parts) != 2 || len(parts[0]) != 20 {
			fail("asset address %q", address)
			return
		}
		if _, err := fs.Stat(web.Static, parts[1]); err != nil {
			fail("asset %q does not exist", address)
		}
	}
	doc.Find("script[src], img[src]").Each(func(_ int, s *goquery.Selection) { ours(s.AttrOr("src", "")) })
	doc.Find(
		`link[rel="stylesheet"], link[rel="icon"]`,
	).Each(
		func(_ int, s *goquery.Selection) { ours(s.AttrOr("href", "")) },
	)
	doc.Find("use").Each(func(_ int, s *goquery.Selection) {
		address, id, _ := strings.Cut(s.AttrOr("href", ""), "#")
		ours(address)
		if !icons[id] {
			fail("icon %q is not drawn", id)
		}
	})
}
