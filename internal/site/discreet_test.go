package site_test

import (
	"context"
	"io/fs"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestKoyomi(t *testing.T) {
	t.Parallel()
	k := empty(t)
	for _, tt := range []struct {
		now  time.Time
		want string
	}{
		{noon, "きょうの暦 2026年11月22日日曜日 きょうから小雪 日の出6:23 日の入り16:31 昼の長さ10時間8分 正午の月齢12.8 日の出、日の入りは東京の時刻です。"},
		{
			clock.NewDate(2026, time.June, 22).At(0, 0),
			"きょうの暦 2026年6月22日月曜日 夏至のころ 日の出4:26 日の入り19:00 昼の長さ14時間34分 正午の月齢7.0 日の出、日の入りは東京の時刻です。",
		},
	} {
		k.clock.Set(tt.now)
		if got := text(k.page("/koyomi").Find("main")); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.now, got, tt.want)
		}
	}
	doc := k.page("/koyomi")
	if got := text(doc.Find("title")); got != "きょうの暦" {
		t.Errorf("title = %q", got)
	}
	if robots := doc.Find(`meta[name="robots"]`).AttrOr("content", ""); !strings.Contains(robots, "noindex") {
		t.Errorf("robots = %q", robots)
	}
}

// Leaving has the browser forget us, at an address that does not stay.
func TestLeaving(t *testing.T) {
	t.Parallel()
	k := empty(t)
	a := k.get(k.page("/").Find("a.leave").AttrOr("href", ""))
	h := a.Header()
	if a.Code != http.StatusSeeOther || h.Get("Location") != "/koyomi" ||
		h.Get("Clear-Site-Data") != `"cache", "storage"` ||
		h.Get("Cache-Control") != "no-store" {
		t.Errorf("leaving = %d %v", a.Code, h)
	}
	if got := k.get("/koyomi").Header().Get("Clear-Site-Data"); got != "" {
		t.Errorf("a reader of the almanac loses %s", got)
	}
}

// Failures on the way to a ticket name nothing either.
func TestTicketFailuresAreNeutral(t *testing.T) {
	t.Parallel()
	k := empty(t)
	r := k.post("/t", nil)
	k.exec("alter table ticket rename to gone")
	for name, a := range map[string]answer{
		"no code": r,
		"broken":  k.post("/t", formOf("secret", "00000000000000000000000000")),
		"query":   k.postBody("/t/cancel", "secret=%zz"),
	} {
		if title := text(
			a.doc.Find("title"),
		); a.Code < 400 || strings.Contains(title, "となりまち") ||
			!strings.HasSuffix(a.doc.Find(`link[rel="icon"]`).AttrOr("href", ""), "/img/neutral.svg") {
			t.Errorf("%s = %d %q", name, a.Code, title)
		}
	}
}

// Whoever watches the wire sees one size, wherever the ticket stands and whether there is one.
func TestTicketPagesHaveOneSize(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		in.Occurrences[0].Parts[0].WaitingList = true
		in.Occurrences[0].Parts[0].Quotas[0].Capacity = 1
	}))
	// With all that a ticket's page can offer.
	k.exec(
		"insert into contact_store (id, mail, push_key) values (gen_random_uuid(), true, convert_to(repeat('p', 65), " +
			"'UTF8'))",
	)
	k.exec(
		"insert into contact_key (organization_id, event_id, occurrence_id, public_key) values ($1, $2, $3, "+
			"convert_to(repeat('p', 1216), 'UTF8'))",
		k.by["bunkyo"].Organization,
		e.ID,
		e.Occurrences[0].ID,
	)
	take := func(nickname string) (string, answer) {
		t.Helper()
		form := formOf("nickname", nickname)
		k.page(
			"/events/" + e.ID.String(),
		).Find(
			"form.seat-form input[type=hidden]",
		).Each(
			func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) },
		)
		return form.Get("secret"), k.post("/events/"+e.ID.String()+"/tickets", form)
	}
	late := k.hiddenSecret(e)
	confirmed, first := take("はる")
	waiting, second := take("とてもとてもながい呼び名のなつ")
	over := k.post("/events/"+e.ID.String()+"/tickets", formOf("secret", late, "quota_id", quotaOf(e)))
	unknown := k.take(k.publish("bunkyo", meeting(nil)), "")
	k.post("/t/rotate", formOf("secret", unknown))
	look := func(code string) answer { return k.post("/t", formOf("secret", code)) }
	type step struct {
		name    string
		status  int
		heading string
		a       answer
	}
	steps := []step{
		{
			"taken",
			201,
			"席がとれています",
			first,
		},
		{"waiting from the start", 201, "キャンセル待ちをしています", second},
		{"full", 409, e.Title, over},
		{"confirmed", 200, "席がとれています", look(confirmed)},
		{"waiting", 200, "キャンセル待ちをしています", look(waiting)},
		{"with calendar", 200, "キャンセル待ちをしています", k.post("/t/calendar", formOf("secret", waiting, "calendar", "start"))},
		{
			"unknown",
			404,
			"参加票を見る",
			look(unknown),
		},
		{"misspelt", 422, "参加票を見る", look("ABC")},
		{"asked", 200, "参加票を見る", k.get("/t")},
		{
			"cancelled",
			200,
			"参加をとりやめました",
			k.post("/t/cancel", formOf("secret", confirmed)),
		},
		{"looked at cancelled", 200, "参加をとりやめました", look(confirmed)},
		{"promoted", 200, "席がとれています", look(waiting)},
	}
	k.clock.Set(e.Occurrences[0].StartsAt.Add(-time.Hour))
	steps = append(steps, step{"on the day", 200, "席がとれています", look(waiting)})
	if steps[0].a.doc.Find("form[data-push]").Length() != 1 {
		t.Error("no contact is asked for on the ticket")
	}
	if today := steps[len(steps)-1].a; today.doc.Find(".qr").Length() != 2 ||
		len(strings.TrimSpace(today.Body.String())) > 28<<10 {
		t.Errorf(
			"on the day a ticket has %d bytes: too near the bucket's brim",
			len(strings.TrimSpace(today.Body.String())),
		)
	}
	for _, s := range steps {
		if s.a.Code != s.status || text(s.a.doc.Find("h1")) != s.heading {
			t.Errorf("%s = %d %s", s.name, s.a.Code, text(s.a.doc.Find("h1")))
		}
		if n := s.a.Body.Len(); n != 32<<10 || s.a.Header().Get("Content-Length") != strconv.Itoa(n) ||
			s.a.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %d bytes, %d with words", s.name, n, len(strings.TrimSpace(s.a.Body.String())))
		}
	}
	if n := len(strings.TrimSpace(second.Body.String())); n > 24<<10 {
		t.Errorf("a usual ticket has %d bytes: too near the bucket's brim", n)
	}
}

// No script of ours keeps anything on the device, but for those of the phone at the door, which no
// other page loads, and notify.js, which asks for a push subscription when its button is pressed.
func TestScriptsStoreNothing(t *testing.T) {
	t.Parallel()
	staffs := map[string]bool{"js/door.js": true, "js/door-worker.js": true, "js/notify.js": true}
	stores := regexp.MustCompile(`(?i)localStorage|sessionStorage|indexedDB|document\.cookie|caches\.|serviceWorker`)
	files, err := fs.Glob(web.Static, "js/*.js")
	if err != nil || len(files) < 4 {
		t.Fatalf("scripts: %v %v", files, err)
	}
	for _, file := range files {
		source, err := fs.ReadFile(web.Static, file)
		if err != nil {
			t.Fatal(err)
		}
		if found := stores.Find(source); (found != nil) != staffs[file] {
			t.Errorf("%s uses %q", file, found)
		}
	}
	templates := 0
	err = fs.WalkDir(web.Templates, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		templates++
		source, err := fs.ReadFile(web.Templates, name)
		if strings.Contains(string(source), "js/door") && name != "site/door.html" {
			t.Errorf("%s loads the door's script", name)
		}
		return err
	})
	if err != nil || templates < 15 {
		t.Errorf("templates: %d %v", templates, err)
	}
}

// neutral waits for the almanac, and holds that nothing of ours stands there.
func (b *tab) neutral(after string) {
	b.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(".season"))); err != nil {
		b.Fatalf("after %s the almanac is not there: %v", after, err)
	}
	type page struct{ Path, Query, Title string }
	p, err := chromedp.Run(
		b.ctx,
		chromedp.Evaluate[page](`({path: location.pathname, query: location.search, title: document.title})`),
	)
	b.must(err)
	if p != (page{Path: "/koyomi", Title: "きょうの暦"}) {
		b.Errorf("after %s: %+v", after, p)
	}
}

func (b *tab) back() {
	b.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.NavigateBack()))
}

func TestBrowserLeavesAtOnce(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := browserEvents(k)
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.find(e)
		code := b.takeSeat()
		type kept struct{ Local, Session, Cookies, Databases int }
		left, err := chromedp.Run(
			b.ctx,
			chromedp.Evaluate[kept](`(async () => ({local: localStorage.length, session: sessionStorage.length,
			cookies: document.cookie.length, databases: (await indexedDB.databases()).length}))()`,
				chromedp.EvalAwaitPromise,
			),
		)
		b.must(err)
		if left != (kept{}) {
			t.Errorf("the browser keeps %+v", left)
		}
		b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent(kb.Escape)))
		b.expect("h1", "席がとれています") // twice is not thrice
		b.must(chromedp.Do(b.ctx, chromedp.KeyEvent(kb.Escape)))
		b.neutral("Esc")
		b.axe("almanac")
		for range 3 { // the event, the list, the first page
			b.back()
			b.neutral("going back")
		}
		b.quiet(code)

		b.open("/events/" + e.ID.String())
		b.expect("h1", e.Title) // coming anew shows everything
		b.press("a.leave")
		b.neutral("a click")
		b.back()
		b.neutral("going back")
	}
}

func TestBrowserLeavesWithoutScript(t *testing.T) {
	t.Parallel()
	_, base := serve(t)
	plain := newTab(t, browser.Open(t), base, 360)
	_, err := chromedp.Call(
		plain.ctx,
		emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true},
	)
	plain.must(err)
	plain.open("/promises")
	if status := plain.press("a.leave"); status != 200 {
		t.Errorf("leaving = %d", status)
	}
	plain.expect("h1", "きょうの暦")
}
