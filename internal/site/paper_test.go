package site_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

// sheet prints codes for the event's first quota.
func (k *kit) sheet(e event.Event, codes, each int) []string {
	k.Helper()
	o := e.Occurrences[0]
	s, err := paper.NewService(
		k.db,
		k.options.Keys,
		rand.Reader,
		k.tickets,
	).Print(
		k.Context(),
		k.by["bunkyo"],
		paper.Input{
			EventID:      e.ID,
			OccurrenceID: o.ID,
			PartID:       o.Parts[0].ID,
			QuotaID:      o.Parts[0].Quotas[0].ID,
			Codes:        codes,
			SeatsEach:    each,
		},
	)
	if err != nil {
		k.Fatal(err)
	}
	var plain []string
	for _, c := range s.PlainCodes {
		plain = append(plain, c.Reveal())
	}
	return plain
}

func TestPaperCodePages(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	codes := k.sheet(e, 2, 2)
	if doc := k.page("/paper"); doc.Find("form#paper-code-form input[name=paper_code]").Length() != 1 {
		t.Error("no field for the code")
	}
	for typed, status := range map[string]int{"": 422, "はじめまして": 422, "7BEB-M6F4-74KR": 404} {
		a := k.post("/paper", url.Values{"paper_code": {typed}})
		if a.Code != status || a.doc.Find("#paper-code-error").Length() != 1 ||
			a.doc.Find("#errors a[href='#paper-code']").Length() != 1 ||
			a.doc.Find("#paper-code").AttrOr("value", "") != "" {
			t.Errorf("%q: %d %s", typed, a.Code, text(a.doc.Find("main")))
		}
	}
	a := k.post("/paper", url.Values{"paper_code": {strings.ToLower(codes[0])}})
	if a.Code != http.StatusOK || a.doc.Find("h2#paper-title").Text() != "お茶とおしゃべりの会" ||
		a.Header().Get("Cache-Control") != "no-store" ||
		a.Body.Len()%(32<<10) != 0 {
		t.Fatalf("%d %s", a.Code, text(a.doc.Find("main")))
	}
	form := url.Values{}
	for _, n := range a.doc.Find("form#paper-form input").EachIter() {
		form.Add(n.AttrOr("name", ""), n.AttrOr("value", ""))
	}
	wrong := url.Values{
		"paper_code": form["paper_code"],
		"secret":     form["secret"],
		"seats":      {"3"},
		"nickname":   {"<b>" + strings.Repeat("長", 30)},
	}
	if a := k.post(
		"/paper/tickets",
		wrong,
	); a.Code != 422 || a.doc.Find("[name=nickname]").AttrOr("value", "") != wrong.Get("nickname") ||
		a.doc.Find("#paper-nickname-error").Length() != 1 {
		t.Errorf("a long nickname: %d %s", a.Code, text(a.doc.Find("main")))
	}
	wrong.Set("nickname", "")
	if a := k.post("/paper/tickets", wrong); a.Code != 422 || a.doc.Find("#paper-seats-error").Length() != 1 {
		t.Errorf("three seats: %d %s", a.Code, text(a.doc.Find("main")))
	}
	form.Set("seats", "2")
	for range 2 {
		if a = k.post(
			"/paper/tickets",
			form,
		); a.Code != http.StatusCreated ||
			!strings.Contains(a.Body.String(), form.Get("secret")) {
			t.Fatalf("%d %s", a.Code, text(a.doc.Find("main")))
		}
	}
	if n := k.seatsTaken(e); n != 2 {
		t.Errorf("%d seats are taken", n)
	}
	if a := k.post("/paper", url.Values{"paper_code": {codes[0]}}); a.Code != http.StatusConflict {
		t.Errorf("a used code: %d", a.Code)
	}
	if a := k.get("/paper/tickets"); a.Code != http.StatusSeeOther {
		t.Errorf("a reload: %d", a.Code)
	}
	form.Set("paper_code", codes[1])
	form.Set("secret", "gone")
	if a := k.post("/paper/tickets", form); a.Code != 422 || a.doc.Find("[name=secret]").AttrOr("value", "") == "" {
		t.Errorf("a stale form: %d", a.Code)
	}
	if log := k.logs.String(); strings.Contains(log, codes[0]) || strings.Contains(log, codes[1]) {
		t.Error("the log knows the codes")
	}
}

func TestBrowserOpensAPaperCode(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := browserEvents(k)
	codes := k.sheet(e, 2, 2)
	chromium := browser.Open(t)
	for i, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.open("/paper")
		b.axe("paper code")
		b.open("/paper#" + strings.ReplaceAll(codes[i], "-", "")) // as the two-dimensional code has it
		b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS("#paper-form"))))
		b.axe("opened paper code")
		if status := b.press("#paper-form button[type=submit]"); status != http.StatusCreated {
			t.Fatalf("taking a seat: %d", status)
		}
		b.expect("h1", "席がとれています")
		b.quiet(codes[i])
	}
}
