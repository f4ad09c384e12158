package site_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/labstack/echo/v4"
)

// plain are the addresses that give no page: files, and what is only ever read by programs.
var plain = map[string]bool{
	"/static/*":         true,
	"/favicon.ico":      true,
	"/robots.txt":       true,
	"/door/worker.js":   true,
	"/notify/worker.js": true,
}

// nothing is an id that nothing has.
const nothing = "6f1f6c1e-7f63-4bb4-9f6a-3d1f5a0c0b11"

// concrete gives a path of a route with what its names stand for, or with an id that nothing has.
func concrete(path string, names map[string]string) string {
	var parts []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			part = cmp.Or(names[name], nothing)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "/")
}

// pages are the routes of the pages, GET and POST, from the route table itself.
func (k *kit) pages() (all []*echo.Route) {
	k.Helper()
	posts := 0
	for _, r := range k.echo.Routes() {
		if (r.Method == http.MethodGet || r.Method == http.MethodPost) && !plain[r.Path] &&
			strings.Contains(r.Name, "internal/site") {
			all = append(all, r)
			if r.Method == http.MethodPost {
				posts++
			}
		}
	}
	if len(all) < 20 || posts < 8 {
		k.Fatalf("%d pages with %d forms: the route table is not what was looked at", len(all), posts)
	}
	return all
}

// Every route of the pages, the later ones too, asked with what exists and what does not, with
// nothing and with a ticket's secret, in order and broken. That each page has its quick way out,
// forms and fields without autocomplete, links without referrer and no cookie is checkPage's, which
// sees them all.
func TestEveryRouteIsDiscreet(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	const nickname = "かなりやカナリア"
	code := k.take(e, nickname)
	policy := k.get("/t").Header().Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Fatalf("policy %q", policy)
	}
	check := func(what string, r *echo.Route, a answer) {
		t.Helper()
		h := a.Header()
		if h.Get("Referrer-Policy") != referrerPolicy(a.doc) || h.Get("Set-Cookie") != "" ||
			h.Get("Content-Security-Policy") != policy ||
			h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
			t.Errorf("%s: %v", what, h)
		}
		if strings.Contains(h.Get("Permissions-Policy"), "camera=(self)") && !strings.HasPrefix(r.Path, "/door") {
			t.Errorf("%s may use the camera", what)
		}
		if where := h.Get(
			"Location",
		); strings.Contains(strings.ToUpper(where), code) ||
			strings.Contains(where, "?") && !strings.HasPrefix(where, "/events?") && where != "/koyomi" {
			t.Errorf("%s leads to %s", what, where)
		}
		if a.doc == nil {
			if a.Code < 300 || a.Code >= 400 {
				t.Errorf("%s = %d without a page", what, a.Code)
			}
			return
		}
		if secret := ofTicket(r); !secret && h.Get("Cache-Control") != "no-store" {
			if a.doc.Find(`input[name="secret"]`).Length() > 0 {
				t.Errorf("%s carries a secret and may be kept: %v", what, h)
			}
			return
		} else if !secret {
			return
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("ETag") != "" || a.Body.Len()%(32<<10) != 0 ||
			h.Get("Content-Encoding") != "" {
			t.Errorf("%s tells by its size or may be kept: %d bytes, %v", what, a.Body.Len(), h)
		}
		icon, _ := a.doc.Find(`link[rel="icon"]`).Attr("href")
		// A form for seats that is given back is the event's own page.
		if eventsOwn := strings.HasPrefix(r.Path, "/events/") &&
			a.Code >= 400; !eventsOwn &&
			(strings.Contains(
				text(a.doc.Find("title")),
				"となりまち",
			) || strings.Contains(text(a.doc.Find("title")), e.Title) || !strings.HasSuffix(icon, "/img/neutral.svg")) {
			t.Errorf("%s is titled %q with %s", what, text(a.doc.Find("title")), icon)
		}
		a.doc.Find("[href], [src], [action]").Each(func(_ int, s *goquery.Selection) {
			if address := s.AttrOr(
				"href",
				"",
			) + s.AttrOr(
				"src",
				"",
			) + s.AttrOr(
				"action",
				"",
			); strings.Contains(
				address,
				code,
			) {
				t.Errorf("%s: an address holds the secret", what)
			}
		})
	}
	there := map[string]string{
		"id":   e.ID.String(),
		"part": e.Occurrences[0].Parts[0].ID.String(),
		"slug": "bunkyo",
		"code": "quota_full",
	}
	nowhere := map[string]string{"slug": "nowhere", "code": "nothing"}
	all := k.pages()
	for _, names := range []map[string]string{there, nowhere} {
		for _, r := range all {
			path := concrete(r.Path, names)
			if r.Method == http.MethodGet {
				check("GET "+path, r, k.get(path))
				check("GET "+path+" with a query", r, k.get(path+"?secret="+url.QueryEscape("x")))
				continue
			}
			check("POST "+path, r, k.post(path, nil))
			check("POST "+path+" with nonsense", r, k.postBody(path, "secret=%zz"))
			check("POST "+path+" with a secret", r, k.post(path, formOf("secret", code, "link", code, "code", code)))
		}
	}
	// Without a database, too.
	k.exec(
		"alter table ticket rename to gone; alter table door_link rename to gone_too; alter table event rename to " +
			"gone_three",
	)
	for _, r := range all {
		path := concrete(r.Path, there)
		if r.Method == http.MethodGet {
			check("GET "+path+", broken", r, k.get(path))
		} else {
			check("POST "+path+", broken", r, k.post(path, formOf("secret", code, "link", code, "code", code)))
		}
	}
	logs := k.logs.String()
	for _, canary := range []string{code, nickname, strings.ToLower(code)} {
		if strings.Contains(logs, canary) {
			t.Errorf("the log tells %q", canary)
		}
	}
}

// ofTicket is whether a route's answers tell of a ticket, said here once more so that a change of
// the program is seen.
func ofTicket(r *echo.Route) bool {
	return r.Path == "/t" || strings.HasPrefix(r.Path, "/t/") || r.Path == "/door" ||
		strings.HasPrefix(r.Path, "/door/") ||
		strings.HasSuffix(r.Path, "/tickets") ||
		r.Method == http.MethodPost
}

// The quick way out has the browser forget everything, wherever one leaves from; and it is asked
// for by every page but those of staff at the door.
func TestEveryPageHasTheWayOut(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.publish("bunkyo", meeting(nil))
	names := map[string]string{"id": e.ID.String(), "slug": "bunkyo", "code": "quota_full"}
	leads, without := map[string]int{}, 0
	for _, r := range k.pages() {
		path := concrete(r.Path, names)
		method := r.Method
		q := httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody)
		if method == http.MethodPost {
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		a := k.do(q)
		if a.doc == nil || path == "/koyomi" {
			continue
		}
		if strings.HasPrefix(path, "/door") {
			without++
			continue
		}
		leads[a.doc.Find("a.leave").AttrOr("href", "")]++
	}
	if len(leads) != 1 || leads["/koyomi?leave=1"] < 12 {
		t.Errorf("ways out: %v", leads)
	}
	// What residents read of it is so: the staff's pages are the exception.
	if said := text(
		k.page("/promises").Find("main"),
	); without == 0 || strings.Contains(said, "どのページにも") ||
		!strings.Contains(said, "受付の係が使う画面にだけは") {
		t.Errorf("%d pages have no way out, the promises say %s", without, said)
	}
	if got := k.get("/koyomi?leave=1").Header().Get("Clear-Site-Data"); got != `"cache", "storage"` {
		t.Errorf("leaving clears %s", got)
	}
}
