package site_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
)

// serve puts the pages on a real address, which they are told of as the one people use.
func serve(t *testing.T) (*kit, string) {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	k := settle(build(t, base))
	server := httptest.NewUnstartedServer(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.echo.ServeHTTP(w, r) }),
	)
	if err := server.Listener.Close(); err != nil {
		t.Fatal(err)
	}
	server.Listener = l
	server.Start()
	t.Cleanup(server.Close)
	return k, base
}

// tab is a fresh browser context, as another person's browser is, that notes what it asks for and
// what goes wrong.
type tab struct {
	*testing.T
	ctx  context.Context
	base string
	fold bool // the filter folds on narrow screens

	mu       sync.Mutex
	requests []string
	troubles []string
}

func newTab(t *testing.T, chromium context.Context, base string, width int64) *tab {
	t.Helper()
	b := &tab{T: t, base: base, fold: width < 600}
	ctx, stop := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	b.ctx = ctx
	b.must(chromedp.Do(ctx))
	b.must(chromedp.Listen(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := ev.(type) {
		case *network.EventRequestWillBeSent:
			b.requests = append(b.requests, e.Request.URL)
		case *log.EventEntryAdded:
			if e.Entry.Level != log.EntryLevelInfo { // such as that it forgot what it was told to
				b.troubles = append(b.troubles, fmt.Sprint(e.Entry.Level, " ", e.Entry.Text))
			}
		case *runtime.EventExceptionThrown:
			b.troubles = append(b.troubles, e.ExceptionDetails.Text)
		case *runtime.EventConsoleAPICalled:
			b.troubles = append(b.troubles, fmt.Sprint("console ", e.Type))
		}
	}))
	_, err := chromedp.Call(ctx, log.Enable, cdp.Empty{})
	b.must(err)
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	b.must(err)
	b.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 900)))
	return b
}

func (b *tab) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *tab) open(path string) {
	b.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Navigate(b.base+path)))
}

// press clicks what leads to another page and gives its status.
func (b *tab) press(selector string) int64 {
	b.Helper()
	w, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(selector)))
	b.must(err)
	return w.Status
}

func (b *tab) click(selector string) {
	b.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS(selector))))
}

// fill types into a control, or chooses in a select.
func (b *tab) fill(selector, value string) {
	b.Helper()
	b.must(chromedp.Do(b.ctx, chromedp.SetValue(chromedp.CSS(selector), value)))
}

func (b *tab) text(selector string) string {
	b.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	b.must(err)
	return strings.Join(strings.Fields(s), "")
}

func (b *tab) expect(selector, want string) {
	b.Helper()
	if got := b.text(selector); got != want {
		b.Errorf("%s = %q, want %q", selector, got, want)
	}
}

// axe finds no serious fault of accessibility on the page, and nothing wider than the window.
func (b *tab) axe(name string) {
	b.Helper()
	faults, err := browser.Faults(b.ctx)
	b.must(err)
	for _, fault := range faults {
		b.Errorf("%s: %s", name, fault)
	}
}

// quiet checks that the tab asked no other host, met no error, and that no address it ever had
// tells the code.
func (b *tab) quiet(code string) {
	b.Helper()
	history, err := chromedp.Run(b.ctx, chromedp.NavigationEntries())
	b.must(err)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.requests) < 5 {
		b.Fatalf("the tab's requests were not noted: %v", b.requests)
	}
	for _, address := range b.requests {
		if !strings.HasPrefix(address, b.base+"/") &&
			!strings.HasPrefix(address, "data:") { // the browser draws its own icons so
			b.Errorf("a request left for %s", address)
		}
		if plain, _, _ := strings.Cut(address, "#"); strings.Contains(plain, code) {
			b.Errorf("a request's address tells the code: %s", address)
		}
	}
	for _, trouble := range b.troubles {
		b.Errorf("the browser says: %s", trouble)
	}
	for _, entry := range history.Entries {
		for _, told := range []string{entry.URL, entry.UserTypedURL, entry.Title} {
			if strings.Contains(strings.ToUpper(told), code) && entry.URL != b.base+"/t#"+code {
				b.Errorf("the history tells the code: %q", told)
			}
		}
		if strings.Contains(entry.URL, code) {
			b.Errorf("the history keeps %s", entry.URL)
		}
	}
}

// find goes from the first page through the list's filter to the event.
func (b *tab) find(e event.Event) {
	b.Helper()
	b.open("/")
	b.fill("#area", "bunkyo")
	b.press(".search button[type=submit]")
	b.expect(".found-count", "2件の集まり")
	if b.fold {
		b.click(".filter summary")
	}
	b.fill("#kind", "ibasho")
	b.press(".filter-form button[type=submit]")
	b.expect(".row-title", e.Title)
	b.press(".row-title a")
	b.expect("h1", e.Title)
}

// takeSeat presses the one button and gives the code on the ticket.
func (b *tab) takeSeat() string {
	b.Helper()
	b.fill("#f1-seats", "2")
	b.fill("#f1-nickname", "はる")
	if status := b.press("#f1 button[type=submit]"); status != 201 {
		b.Fatalf("taking a seat = %d", status)
	}
	b.expect("h1", "席がとれています")
	code := b.text("#code")
	if len(code) != 26 {
		b.Fatalf("code = %q", code)
	}
	return code
}

func browserEvents(k *kit) event.Event {
	k.publish("bunkyo", meeting(func(in *event.Input) { in.Title, in.Kind = "文京の講演会", "lecture" }))
	return k.publish("bunkyo", meeting(func(in *event.Input) {
		next := in.Occurrences[0]
		next.StartsAt, next.EndsAt = next.StartsAt.AddDate(0, 0, 7), next.EndsAt.AddDate(0, 0, 7)
		in.Occurrences = append(in.Occurrences, next)
	}))
}

func TestBrowserTakesAndCancels(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := browserEvents(k)
	chromium := browser.Open(t)

	phone := newTab(t, chromium, base, 360)
	phone.find(e)
	code := phone.takeSeat()
	phone.axe("ticket")
	phone.click("button[data-copy=code]") // shown by the script
	phone.quiet(code)

	// Somebody else's browser, from the code in the fragment.
	other := newTab(t, chromium, base, 1280)
	other.open("/t#" + code)
	other.must(chromedp.Do(other.ctx, chromedp.WaitVisible(chromedp.CSS(".ticket"))))
	if got := other.text("#code"); got != code {
		t.Errorf("the fragment opened %q", got)
	}
	other.expect(".ticket h2 a", e.Title)
	other.axe("ticket on a wide screen")
	other.click("details.fold:has([action='/t/cancel']) summary")
	if status := other.press("[action='/t/cancel'] button"); status != 200 {
		t.Errorf("cancel = %d", status)
	}
	other.expect("h1", "参加をとりやめました")
	other.axe("cancelled ticket")
	other.quiet(code)
	if got := k.seatsTaken(e); got != 0 {
		t.Errorf("%d seats still taken", got)
	}
}

func TestBrowserWithoutScript(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := browserEvents(k)
	plain := newTab(t, browser.Open(t), base, 1280)
	_, err := chromedp.Call(
		plain.ctx,
		emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: true},
	)
	plain.must(err)
	plain.find(e)
	code := plain.takeSeat()
	plain.open("/t")
	plain.fill("#code", strings.ToLower(code[:13])+" "+code[13:])
	plain.press("#code-form button[type=submit]")
	if got := plain.text("#code"); got != code {
		t.Errorf("the form opened %q", got)
	}
	plain.click("details.fold:has([action='/t/cancel']) summary")
	plain.press("[action='/t/cancel'] button")
	plain.expect("h1", "参加をとりやめました")
	plain.quiet(code)
	if got := k.seatsTaken(e); got != 0 {
		t.Errorf("%d seats still taken", got)
	}
}

func TestBrowserFindsPagesAccessible(t *testing.T) {
	t.Parallel()
	k, base := serve(t)
	e := browserEvents(k)
	hall, room := k.hall()
	chromium := browser.Open(t)
	for _, width := range []int64{360, 1280} {
		b := newTab(t, chromium, base, width)
		for _, path := range []string{
			"/facilities/" + hall.ID.String(), "/rooms/" + room.ID.String(),
			"/",
			"/events",
			"/events?area=hino",
			"/events?kind=party&q=" + url.QueryEscape("集まり"),
			"/events?audience=supporter",
			"/events/" + e.ID.String(),
			"/organizations/bunkyo",
			"/organizations/rakunokai",
			"/t",
			"/promises",
			"/facilities",
			"/problems/quota_full",
			"/nowhere",
		} {
			b.open(path)
			b.axe(fmt.Sprintf("%s at %d", path, width))
		}
		b.open("/t")
		b.fill("#code", "ABC")
		b.press("#code-form button[type=submit]")
		b.axe(fmt.Sprintf("the form given back at %d", width))
		focused, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.activeElement.id`))
		b.must(err)
		if focused != "errors" {
			t.Errorf("the focus is on %q, not on the summary", focused)
		}
	}
}
