package site_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// entrance is a gathering of bunkyo today at two, a part with seats and one without reservation
// that twelve fit into, with its day link.
func entrance(t *testing.T) (k *kit, e event.Event, link string) {
	t.Helper()
	k = setup(t)
	e = k.publish("bunkyo", meeting(func(in *event.Input) {
		o := &in.Occurrences[0]
		o.StartsAt, o.EndsAt = clock.DateOf(noon).At(14, 0), clock.DateOf(noon).At(16, 0)
		o.Parts[0].Name = "第1部"
		closes := o.EndsAt
		o.Parts[0].ClosesAt = &closes
		o.Parts = append(o.Parts, event.PartInput{Name: "第2部", Reservation: event.NoReservation})
	}))
	fits := 12
	if _, err := k.door.SetCapacity(
		t.Context(),
		k.by["bunkyo"],
		e.ID,
		e.Occurrences[0].ID,
		e.Occurrences[0].Parts[1].ID,
		&fits,
	); err != nil {
		t.Fatal(err)
	}
	issued, err := k.door.CreateLink(t.Context(), k.by["bunkyo"], e.ID, e.Occurrences[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return k, e, issued.Token.Reveal()
}

// tapsOf are so many taps of one person each.
func tapsOf(n int) (taps []door.Tap) {
	for range n {
		taps = append(taps, door.Tap{ID: uuid.New(), Delta: 1})
	}
	return taps
}

// fields are what a form of the page sends, without its buttons.
func fields(s *goquery.Selection) url.Values {
	v := url.Values{}
	s.Find("input").Each(func(_ int, s *goquery.Selection) { v.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	return v
}

func TestDoorWithoutScript(t *testing.T) {
	t.Parallel()
	k, e, link := entrance(t)
	code := k.take(e, "はるなつあき")
	digits := text(k.post("/t", formOf("secret", code)).doc.Find("#day-code"))
	a := k.post("/door", formOf("link", strings.ToLower(link[:13])+" "+link[13:]))
	if a.Code != 200 || text(a.doc.Find("h1")) != e.Title || a.doc.Find(".door-part").Length() != 2 {
		t.Fatalf("open = %d %s", a.Code, text(a.doc.Find("main")))
	}
	part := func() *goquery.Selection { return a.doc.Find(".door-part").Eq(1) }
	press := func(delta string) {
		t.Helper()
		form := fields(part().Find("form"))
		form.Set("delta", delta)
		stale := form
		for range 2 { // the answer is reloaded
			if a = k.post("/door/count", stale); a.Code != 200 {
				t.Fatalf("count = %d %s", a.Code, text(a.doc.Find("main")))
			}
		}
	}
	for range 11 {
		press("1")
	}
	press("-1")
	press("1")
	if got := text(
		part().Find("[data-door-count]"),
	); got != "11" || !strings.Contains(text(part()), "残りわずか") ||
		!strings.Contains(text(part()), "12人まで") {
		t.Errorf("counted %s: %s", got, text(part()))
	}
	checkIn := func(typed string, undo bool) string {
		t.Helper()
		form := fields(a.doc.Find("[data-door-form]"))
		form.Set("code", typed)
		if undo {
			form = fields(a.doc.Find("form.door-undo"))
			form.Set("undo", "1")
		}
		a = k.post("/door/check-in", form)
		return text(a.doc.Find(".notice-title").Not("[data-door-offline] *, [data-door-unknown] *").First())
	}
	for i, step := range []struct {
		typed string
		undo  bool
		want  string
	}{
		{digits, false, "受付しました。1人です"}, {"", true, "受付を取り消しました。1人です"}, {code, false, "受付しました。1人です"},
		{digits[:3] + " " + digits[3:], false, "この番号は、もう受付がすんでいます。1人です"},
	} {
		if got := checkIn(step.typed, step.undo); a.Code != 200 || got != step.want {
			t.Errorf("step %d = %d %q, want %q", i, a.Code, got, step.want)
		}
	}
	if got := text(a.doc.Find("[data-door-arrivals]").First()); !strings.Contains(got, "受付がすんだ人 1人（席は1）") {
		t.Errorf("arrivals: %s", got)
	}
	for typed, status := range map[string]int{"000000": 404, "12345": 422, "": 422, strings.Repeat("長", 1500): 422} {
		checkIn(typed, false)
		if a.Code != status || text(a.doc.Find("#door-code-error")) == "" ||
			a.doc.Find("#door-code").AttrOr("value", "") != "" {
			t.Errorf("%.10q = %d %s", typed, a.Code, text(a.doc.Find("main")))
		}
	}
	if strings.Contains(a.Body.String(), "はるなつあき") {
		t.Error("the door tells a nickname")
	}
}

func TestDoorRefuses(t *testing.T) {
	t.Parallel()
	k, e, link := entrance(t)
	part := e.Occurrences[0].Parts[1].ID.String()
	tap := func(change ...string) url.Values {
		v := formOf(
			"link",
			link,
			"part_id",
			part,
			"delta",
			"1",
			"more_id",
			uuid.NewString(),
			"less_id",
			uuid.NewString(),
		)
		for i := 0; i < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	for name, tt := range map[string]struct {
		path   string
		form   url.Values
		status int
	}{
		"no link":         {"/door", nil, 422},
		"half a link":     {"/door", formOf("link", link[:20]), 422},
		"another link":    {"/door", formOf("link", strings.Repeat("0", 26)), 422},
		"a whole address": {"/door", formOf("link", baseURL+"/door#"+link), 200},
		"1,500 letters":   {"/door", formOf("link", strings.Repeat("あ", 1500)), 422},
		"no tap":          {"/door/count", tap("more_id", ""), 422},
		"a crowd":         {"/door/count", tap("delta", "99"), 422},
		"half a person":   {"/door/count", tap("delta", "0.5"), 422},
		"no part":         {"/door/count", tap("part_id", "x"), 404},
		"another part":    {"/door/count", tap("part_id", uuid.NewString()), 404},
		"no link to tap":  {"/door/count", tap("link", ""), 422},
		"no link to undo": {"/door/check-in", formOf("code", "012345", "undo", "1"), 422},
	} {
		if a := k.post(tt.path, tt.form); a.Code != tt.status {
			t.Errorf("%s = %d %s", name, a.Code, text(a.doc.Find("main")))
		}
	}
	for _, path := range []string{"/door/count", "/door/check-in"} {
		if a := k.get(path); a.Code != 303 || a.Header().Get("Location") != "/door" {
			t.Errorf("GET %s = %d", path, a.Code)
		}
	}
	for _, at := range []time.Time{
		e.Occurrences[0].StartsAt.Add(-7 * time.Hour),
		e.Occurrences[0].EndsAt.Add(7 * time.Hour),
	} {
		k.clock.Set(at)
		for _, a := range []answer{
			k.post("/door", formOf("link", link)),
			k.post("/door/count", tap()),
			k.post("/door/check-in", formOf("link", link, "code", "012345")),
		} {
			if a.Code != 403 || a.doc.Find("#link-error").Length() != 1 {
				t.Errorf("at %v = %d", at, a.Code)
			}
		}
	}
}

// The door's pages are as shut as a ticket's, but for the camera; and neither the link nor a code
// is in a header, a log or an address.
func TestDoorIsDiscreet(t *testing.T) {
	t.Parallel()
	k, e, link := entrance(t)
	code := k.take(e, "")
	part := e.Occurrences[0].Parts[1].ID.String()
	answers := map[string]answer{
		"form": k.get(
			"/door",
		),
		"open":    k.post("/door", formOf("link", link)),
		"refused": k.post("/door", formOf("link", "x")),
		"counted": k.post(
			"/door/count",
			formOf("link", link, "part_id", part, "delta", "1", "more_id", uuid.NewString()),
		),
		"arrived": k.post(
			"/door/check-in",
			formOf("link", link, "code", code),
		),
		"unknown": k.post("/door/check-in", formOf("link", link, "code", "000000")),
		"broken":  k.post("/door/count", formOf("link", link, "part_id", "x")),
	}
	for name, a := range answers {
		h := a.Header()
		if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != referrerPolicy(a.doc) ||
			h.Get("Content-Security-Policy") != k.get("/t").Header().Get("Content-Security-Policy") {
			t.Errorf("%s: headers %v", name, h)
		}
		if camera := strings.Contains(h.Get("Permissions-Policy"), "camera=(self)"); camera == (name == "broken") {
			t.Errorf("%s: %s", name, h.Get("Permissions-Policy"))
		}
		if got := text(
			a.doc.Find("title"),
		); strings.Contains(got, "となりまち") || strings.Contains(got, e.Title) ||
			a.Body.Len() != 32<<10 {
			t.Errorf("%s: title %q, %d bytes", name, got, a.Body.Len())
		}
		for header, values := range h {
			if strings.Contains(fmt.Sprint(values), link) || strings.Contains(fmt.Sprint(values), code) {
				t.Errorf("%s: %s tells it", name, header)
			}
		}
	}
	if strings.Contains(k.get("/t").Header().Get("Permissions-Policy"), "camera=(self)") {
		t.Error("other pages may use the camera")
	}
	w := k.get("/door/worker.js")
	if w.Code != 200 || w.Header().Get("Service-Worker-Allowed") != "/door" ||
		w.Header().Get("Cache-Control") != "no-cache" ||
		!strings.HasPrefix(w.Header().Get("Content-Type"), "text/javascript") {
		t.Errorf("worker = %d %v", w.Code, w.Header())
	}
	logs := k.logs.String()
	if !strings.Contains(logs, "/door/check-in") || strings.Contains(logs, link) || strings.Contains(logs, code) {
		t.Error("the log tells it, or is not the log")
	}
}

// [S10] Without script, too, staff read why no digits are taken for now; and the page stays the
// door's.
func TestDoorPageTellsThatItWaits(t *testing.T) {
	t.Parallel()
	k, _, link := entrance(t)
	for i := range 10 {
		if a := k.post(
			"/door/check-in",
			formOf("link", link, "code", fmt.Sprintf("%06d", i)),
		); a.Code != http.StatusNotFound {
			t.Fatalf("guess %d: %d", i, a.Code)
		}
	}
	a := k.post("/door/check-in", formOf("link", link, "code", "012345"))
	if a.Code != http.StatusTooManyRequests || !strings.Contains(text(a.doc.Find("#door-code-error")), "1分ほど休んでいます") ||
		a.doc.Find("[data-door-taps]").Length() == 0 ||
		a.Header().Get("Retry-After") != "60" {
		t.Errorf("%d %s", a.Code, text(a.doc.Find("main")))
	}
}
