package site_test

import (
	"crypto/rand"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/tonarimachi/tonarimachi/internal/admission"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/site"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/web"
)

// behind puts the pages behind a guard; the other tests take seats by the dozen from one address.
func (k *kit) behind() {
	k.Helper()
	k.options.Guard = admission.New(admission.Options{
		DB:      k.db,
		Keys:    k.options.Keys,
		Random:  rand.Reader,
		Tickets: k.tickets,
	})
	pages, err := site.New(k.options)
	if err != nil {
		k.Fatal(err)
	}
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		k.Fatal(err)
	}
	k.echo = httpx.New(httpx.Options{Messages: messages, ErrorPage: pages.ErrorPage})
	pages.Routes(k.echo)
}

// sent is the form of a page as a browser without script sends it.
func sent(a answer) url.Values {
	form := url.Values{}
	for _, n := range a.doc.Find(`form#proof-form input`).EachIter() {
		form.Add(n.AttrOr("name", ""), n.AttrOr("value", ""))
	}
	return form
}

// Without script one waits and presses the button; what was typed stays, however often it is
// pressed too soon.
func TestWaitingForm(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.behind()
	e := k.publish("bunkyo", meeting(nil))
	k.take(e, "")
	k.take(e, "")
	code := k.hiddenSecret(e)
	target := "/events/" + e.ID.String() + "/tickets"
	a := k.post(
		target,
		url.Values{
			"secret":   {code},
			"quota_id": {quotaOf(e)},
			"nickname": {"すみれ<b>"},
			"seats":    {"1"},
			"more":     {"x", "y"},
		},
	)
	if a.Code != http.StatusForbidden || a.doc.Find("h1").Text() != "少しお待ちください" {
		t.Fatalf("%d %s", a.Code, text(a.doc.Find("main")))
	}
	form := sent(a)
	if form.Get("secret") != code || form.Get("nickname") != "すみれ<b>" || form.Get("quota_id") != quotaOf(e) ||
		len(form["more"]) != 2 ||
		len(form["proof"]) != 1 {
		t.Errorf("the page keeps %v", form)
	}
	if size := a.Body.Len(); size%(32<<10) != 0 || a.Header().Get("Cache-Control") != "no-store" ||
		!strings.Contains(a.doc.Find("title").Text(), "少しお待ちください") {
		t.Errorf("%d bytes, %q", size, a.Header().Get("Cache-Control"))
	}
	wait, err := strconv.Atoi(a.doc.Find("#proof-form").AttrOr("data-wait-in", ""))
	if err != nil || wait < 60 || !strings.Contains(text(a.doc.Find("main")), "あと10分") {
		t.Fatalf("wait %d: %s", wait, text(a.doc.Find("main")))
	}
	for range 2 {
		k.clock.Advance(time.Minute)
		a = k.post(target, form)
		if a.Code != http.StatusConflict || !strings.Contains(text(a.doc.Find("main")), "もう少しです") {
			t.Fatalf("too soon: %d %s", a.Code, text(a.doc.Find("main")))
		}
		if again := sent(a); again.Encode() != form.Encode() {
			t.Errorf("pressed too soon, the form is %v, was %v", again, form)
		}
	}
	k.clock.Advance(time.Duration(wait) * time.Second)
	if a = k.post(target, form); a.Code != http.StatusCreated {
		t.Fatalf("after waiting: %d %s", a.Code, text(a.doc.Find("main")))
	}
	if a = k.post(target, form); a.Code != http.StatusCreated || !strings.Contains(a.Body.String(), code) {
		t.Errorf("sent twice: %d", a.Code)
	}
	other, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form.Set("secret", other.Reveal())
	if a = k.post(
		target,
		form,
	); a.Code != http.StatusConflict || sent(a).Get("proof") == form.Get("proof") ||
		sent(a).Get("secret") != other.Reveal() {
		t.Errorf("one token for two tickets: %d", a.Code)
	}
	if strings.Contains(k.logs.String(), "すみれ") {
		t.Error("the log knows the nickname")
	}
}

// A browser does the work by itself, in a worker; its SHA-256 by hand must agree with ours.
func TestBrowserDoesTheWork(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	k.behind()
	e := browserEvents(k)
	quota := e.Occurrences[0].Parts[0].Quotas[0].ID
	for i := range 8 { // a crowd from everywhere
		from := netip.AddrFrom4([4]byte{198, 51, byte(i), 1})
		if _, _, err := k.options.Guard.Take(
			t.Context(),
			from,
			ticket.Request{EventID: e.ID, QuotaID: quota, Seats: 1},
			"",
		); err != nil {
			t.Fatal(err)
		}
	}
	for _, width := range []int64{360, 1280} {
		b := newTab(t, browser.Open(t), base, width)
		b.open("/events/" + e.ID.String())
		if status := b.press("#f1 button[type=submit]"); status != http.StatusForbidden {
			t.Fatalf("in the crowd: %d", status)
		}
		b.must(chromedp.Do(b.ctx, chromedp.WaitVisible(chromedp.CSS(".ticket"))))
		b.expect("h1", "席がとれています")
	}
}

func TestBrowserFindsTheWaitingFormAccessible(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	k.behind()
	e := browserEvents(k)
	quota := e.Occurrences[0].Parts[0].Quotas[0].ID
	for range 2 { // the browser's own network has had its share
		if _, _, err := k.options.Guard.Take(
			t.Context(),
			netip.MustParseAddr("127.0.0.1"),
			ticket.Request{EventID: e.ID, QuotaID: quota, Seats: 1},
			"",
		); err != nil {
			t.Fatal(err)
		}
	}
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		b.open("/events/" + e.ID.String())
		if status := b.press("#f1 button[type=submit]"); status != http.StatusForbidden {
			t.Fatalf("after the share: %d", status)
		}
		b.expect("h1", "少しお待ちください")
		b.axe("waiting form")
	}
}
