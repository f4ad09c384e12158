package site_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

// attackersCode is a participation code that whoever sends a form for others would know.
const attackersCode = "7BEBM6F474KRN78C7XN5T5G7MC"

// from gives the headers that a browser puts on a form.
func from(origin, site string) http.Header {
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	if site != "" {
		h.Set("Sec-Fetch-Site", site)
	}
	return h
}

func (k *kit) postFrom(target string, form url.Values, headers http.Header) answer {
	k.Helper()
	r := httptest.NewRequestWithContext(k.Context(), http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header = headers.Clone()
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return k.do(r)
}

// [S8] No form of another site does anything here: every route that is no GET, from the route
// table, so that a new one is tried by itself.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	there := map[string]string{"id": e.ID.String()}
	foreign := map[string]http.Header{
		"another site":              from("https://evil.example", "cross-site"),
		"another site, old browser": from("https://evil.example", ""),
		"a site beside us":          from("https://evil.tonarimachi.example", "same-site"),
		"another port":              from(baseURL+":8443", ""),
		"nowhere":                   from("null", "cross-site"),
		"nowhere, old browser":      from("null", ""),
		"no origin":                 from("", "cross-site"),
		"a word we don't know":      from("", "elsewhere"),
	}
	tried := 0
	for _, r := range k.echo.Routes() {
		if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions ||
			r.Method == echo.RouteNotFound {
			continue
		}
		tried++
		path := concrete(r.Path, there)
		for what, headers := range foreign {
			a := k.postFrom(
				path,
				formOf("secret", attackersCode, "quota_id", quotaOf(e), "link", attackersCode, "code", attackersCode),
				headers,
			)
			if a.Code != http.StatusForbidden || a.doc == nil ||
				a.doc.Find(`main a.chip[href="`+path+`"]`).Length() != 1 ||
				!strings.Contains(text(a.doc.Find("main")), "ほかのサイトから") {
				t.Errorf("%s from %s: %d %s", path, what, a.Code, text(a.doc.Find("main")))
				continue
			}
			if back := k.get(path); back.Code != http.StatusOK && back.Code != http.StatusSeeOther {
				t.Errorf("the way back, GET %s = %d", path, back.Code)
			}
			if strings.Contains(a.Body.String(), attackersCode) {
				t.Errorf("%s from %s gives back what was sent", path, what)
			}
		}
	}
	if tried < 14 {
		t.Errorf("%d routes tried", tried)
	}
	if n := k.seatsTaken(e); n != 0 {
		t.Errorf("%d seats were taken for others", n)
	}
}

// Our own pages go on, however the browser and the way here tell of them.
func TestFormsOfOurPagesAreTaken(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	for what, headers := range map[string]http.Header{
		"a browser":                      from(baseURL, "same-origin"),
		"a browser that tells no origin": from("null", "same-origin"), // privacy settings and add-ons
		"an old browser":                 from(baseURL, ""),
		// httptest's Host: an address beside BASE_URL, such as a name inside the house
		"the address the request was sent to": from("http://example.com", ""),
		"a program":                           {},
	} {
		code := k.hiddenSecret(e)
		if a := k.postFrom(
			"/events/"+e.ID.String()+"/tickets",
			formOf("secret", code, "quota_id", quotaOf(e)),
			headers,
		); a.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", what, a.Code, a.Body)
		}
	}
}

// told notes what a browser says of where its forms come from.
type told struct {
	mu      sync.Mutex
	origins []string
	sites   []string
}

func (n *told) note(k *kit) {
	pages := k.echo
	k.echo = echo.New()
	k.echo.Any("/*", func(c echo.Context) error {
		if r := c.Request(); r.Method == http.MethodPost {
			n.mu.Lock()
			n.origins, n.sites = append(
				n.origins,
				r.Header.Get("Origin"),
			), append(
				n.sites,
				r.Header.Get("Sec-Fetch-Site"),
			)
			n.mu.Unlock()
		}
		pages.ServeHTTP(c.Response(), c.Request())
		return nil
	})
}

// Every form works without script, at an address that browsers trust and at one they don't (http
// and no localhost), where they send no Sec-Fetch-Site.
func TestBrowserSendsOurFormsWithoutScript(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := k.publish("bunkyo", meeting(func(in *event.Input) {
		o := &in.Occurrences[0]
		o.StartsAt, o.EndsAt = noon.Add(2*time.Hour), noon.Add(4*time.Hour)
		o.Parts[0].ClosesAt = &o.EndsAt
	}))
	link, err := k.door.CreateLink(t.Context(), k.by["bunkyo"], e.ID, e.Occurrences[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	code := k.sheet(e, 2, 1)
	var n told
	n.note(k)
	_, port, _ := strings.Cut(strings.TrimPrefix(base, "http://"), ":")
	inside := "http://tonarimachi.internal:" + port
	chromium := browser.Open(t, "host-resolver-rules=MAP tonarimachi.internal 127.0.0.1")
	for i, at := range []string{base, inside} {
		b := newTab(t, chromium, at, 1280)
		_, err := chromedp.Call(
			b.ctx,
			emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: true},
		)
		b.must(err)
		press := func(selector string, want int64) {
			t.Helper()
			if got := b.press(selector); got != want {
				t.Fatalf("at %s: %s = %d, want %d", at, selector, got, want)
			}
		}
		fold := func(action string) {
			t.Helper()
			b.click(fmt.Sprintf("details.fold:has([action='%s']) summary", action))
		}
		b.open("/events/" + e.ID.String())
		press("#f1 button[type=submit]", 201)
		secret := b.text("#code")
		b.open("/t")
		b.fill("#code", secret)
		press("#code-form button[type=submit]", 200)
		fold("/t/rotate")
		press("[action='/t/rotate'] button", 200)
		fold("/t/cancel")
		press("[action='/t/cancel'] button", 200)
		b.open("/paper")
		b.fill("#paper-code", code[i])
		press("#paper-code-form button[type=submit]", 200)
		press("#paper-form button[type=submit]", 201)
		b.open("/door")
		b.fill("input[name=link]", link.Token.Reveal())
		press("form[action='/door'] button[type=submit]", 200)
		b.fill("input[name=code]", "000000")
		press("form[action='/door/check-in'] button[type=submit]", 404)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, origin := range n.origins {
		if want := map[bool]string{true: "same-origin", false: ""}[origin == base]; origin != base &&
			origin != inside ||
			n.sites[i] != want {
			t.Errorf("form %d comes from %q, %q", i, origin, n.sites[i])
		}
	}
	if len(n.origins) != 16 {
		t.Errorf("%d forms were sent", len(n.origins))
	}
}

// In a real browser, a page elsewhere that sends our form takes no seat, also where it hides where
// it is.
func TestBrowserSendsNoFormsOfOthers(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := k.publish("bunkyo", meeting(nil))
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Referrer-Policy", r.URL.Query().Get("policy"))
		fmt.Fprintf(
			w,
			`<form method="post" action="%s/events/%s/tickets"><input name="secret" value="%s">`+
				`<input name="quota_id" value="%s"><button>ねこ</button></form>`,
			r.URL.Query().Get("at"),
			e.ID,
			attackersCode,
			html.EscapeString(quotaOf(e)),
		)
	}))
	defer evil.Close()
	_, port, _ := strings.Cut(strings.TrimPrefix(base, "http://"), ":")
	chromium := browser.Open(t, "host-resolver-rules=MAP tonarimachi.internal 127.0.0.1")
	for _, policy := range []string{"unsafe-url", "no-referrer"} {
		for _, at := range []string{base, "http://tonarimachi.internal:" + port} {
			b := newTab(t, chromium, evil.URL, 1280)
			b.open("/?policy=" + policy + "&at=" + url.QueryEscape(at))
			if status := b.press("button"); status != http.StatusForbidden {
				t.Errorf("from %s to %s: %d", policy, at, status)
			}
		}
	}
	if n := k.seatsTaken(e); n != 0 {
		t.Errorf("%d seats were taken for others", n)
	}
}
