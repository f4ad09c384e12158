package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"rsc.io/qr"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/testkit/browser"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// doorway is the whole server with a gathering that began an hour ago: a part with seats, one
// without reservation that ten fit into, and a day link.
type doorway struct {
	*testing.T
	base   string
	bundle *testkit.Bundle
	clock  *clock.Fake
	app    *App
	event  testkit.Event
	token  string
}

func openDoorway(t *testing.T) *doorway {
	t.Helper()
	d := &doorway{T: t, bundle: testkit.Database(t), clock: clock.NewFake(clock.System().Now())}
	db := testkit.Open(t, postgres.Options{URL: d.bundle.LoginURL, Public: 8, Staff: 2, Clock: d.clock})
	server := httptest.NewUnstartedServer(nil)
	d.base = "http://" + server.Listener.Addr().String()
	d.app = New(settings(t, d.bundle.LoginURL, d.base), slog.New(slog.DiscardHandler), db)
	t.Cleanup(d.app.Close)
	var err error
	if server.Config.Handler, err = d.app.Handler(httpx.NewMetrics()); err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(server.Close)

	pool := d.bundle.Pool(t)
	org := testkit.NewOrganization(t, pool, "kita")
	now := d.clock.Now()
	d.event = testkit.NewEvent(
		t,
		pool,
		org,
		testkit.EventOptions{StartsAt: now.Add(-time.Hour), Length: 3 * time.Hour, Parts: []testkit.PartOptions{
			{ClosesAt: now.Add(time.Hour)}, {Reservation: "none", Quotas: []testkit.QuotaOptions{}},
		}},
	)
	fits := 10
	if _, err := d.app.Door.SetCapacity(
		t.Context(),
		d.author(),
		d.event.ID,
		d.event.OccurrenceID,
		d.event.Parts[1].ID,
		&fits,
	); err != nil {
		t.Fatal(err)
	}
	issued, err := d.app.Door.CreateLink(t.Context(), d.author(), d.event.ID, d.event.OccurrenceID)
	if err != nil {
		t.Fatal(err)
	}
	d.token = issued.Token.Reveal()
	return d
}

// author is one of the organization's staff.
func (d *doorway) author() staff.Author {
	return staff.Author{Organization: d.event.OrganizationID, Actor: postgres.StaffActor(uuid.New())}
}

// guest takes a seat and gives its codes.
func (d *doorway) guest(seats int) (code secret.Ticket, digits string) {
	d.Helper()
	code, _, err := d.app.Tickets.Take(
		d.Context(),
		ticket.Request{EventID: d.event.ID, QuotaID: d.event.Quota(), Seats: seats, Nickname: "かなりや"},
	)
	if err != nil {
		d.Fatal(err)
	}
	shown, err := d.app.Tickets.DayCode(d.Context(), code)
	if err != nil {
		d.Fatal(err)
	}
	return code, shown.Reveal()
}

func (d *doorway) number(query string, args ...any) (n int) {
	d.Helper()
	if err := d.bundle.Pool(d).QueryRow(d.Context(), query, args...).Scan(&n); err != nil {
		d.Fatal(err)
	}
	return n
}

func (d *doorway) counted() int {
	d.Helper()
	return d.number("select coalesce(sum(count), 0) from door_counter where part_id = $1", d.event.Parts[1].ID)
}

func (d *doorway) arrived() int {
	d.Helper()
	return d.number("select coalesce(sum(seats), 0) from door_arrival")
}

// phone is one staff phone: a browser of its own.
type phone struct {
	*testing.T
	ctx  context.Context
	base string

	mu   sync.Mutex
	asks []string // addresses it asked for
}

func (d *doorway) phone(chromium context.Context, width int64) *phone {
	d.Helper()
	ctx, stop := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	d.Cleanup(stop)
	p := &phone{T: d.T, ctx: ctx, base: d.base}
	p.must(chromedp.Do(ctx))
	p.must(chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.asks = append(p.asks, e.Request.URL)
		}
	}))
	_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	p.must(err)
	p.must(chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)))
	return p
}

func (p *phone) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *phone) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	p.must(chromedp.Do(p.ctx, actions...))
}

func (p *phone) open(path string) {
	p.Helper()
	p.do(chromedp.Navigate(p.base + path))
}

// until waits for a condition of the page, in its own language.
func (p *phone) until(condition string) {
	p.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](condition)); err != nil {
		body, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
		p.Fatalf("never %s: %v\n%s", condition, err, body)
	}
}

func (p *phone) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// network cuts the phone off, its service worker too, and tells the page so, as a phone does.
func (p *phone) network(off bool) {
	p.Helper()
	rules := network.EmulateNetworkConditionsByRuleParams{
		EmulateOfflineServiceWorker: &off,
		MatchedNetworkConditions:    []*network.Conditions{},
	}
	if off {
		rules.MatchedNetworkConditions = []*network.Conditions{
			{Offline: true, DownloadThroughput: -1, UploadThroughput: -1},
		}
	}
	_, err := chromedp.Call(p.ctx, network.EmulateNetworkConditionsByRule, rules)
	p.must(err)
	_, err = chromedp.Call(
		p.ctx,
		network.OverrideNetworkState,
		network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1},
	)
	p.must(err)
}

const (
	more    = ".door-part:nth-of-type(3) .door-more"
	less    = ".door-part:nth-of-type(3) .door-less"
	allSent = `document.querySelector("[data-door-state]")?.textContent === "数えた分は、すべて送りました。"`
)

func shows(n int) string {
	return fmt.Sprintf(`document.querySelectorAll(".door-part [data-door-count]")[1]?.textContent === "%d"`, n)
}

func (p *phone) said(words string) {
	p.Helper()
	p.until(fmt.Sprintf(`document.querySelector("[data-door-said]").textContent.includes(%q)`, words))
}

func (p *phone) types(digits string) {
	p.Helper()
	for _, digit := range digits {
		p.click(fmt.Sprintf(`[data-door-keys] button[value="%c"]`, digit))
	}
	p.click("[data-door-form] button[type=submit]")
}

// axe finds no serious fault of accessibility, and nothing wider than the window.
func (p *phone) axe(name string) {
	p.Helper()
	faults, err := browser.Faults(p.ctx)
	p.must(err)
	for _, fault := range faults {
		p.Errorf("%s: %s", name, fault)
	}
}

func (p *phone) askedNothingSecret(secrets ...string) {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.asks) < 5 {
		p.Error("the phone's requests were not noted")
	}
	for _, address := range p.asks {
		plain, _, _ := strings.Cut(address, "#")
		for _, s := range secrets {
			if strings.Contains(plain, s) ||
				!strings.HasPrefix(address, p.base) && !strings.HasPrefix(address, "data:") {
				p.Errorf("asked for %s", address)
			}
		}
	}
}

// kept is all that stays on the phone.
func (p *phone) kept() (values string) {
	p.Helper()
	values, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`JSON.stringify({...localStorage})`))
	p.must(err)
	return values
}

// Two phones at one door, one of which loses the network, is reloaded without it, and sends late
// and twice.
func TestBrowserDoorPhones(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	code, digits := d.guest(2)
	_, other := d.guest(1)
	chromium := browser.Open(t)

	a, b := d.phone(chromium, 360), d.phone(chromium, 1280)
	a.open("/door#" + d.token)
	a.until(shows(0) + " && " + allSent)
	b.open("/door")
	b.axe("the form at 1280")
	b.do(chromedp.SetValue(chromedp.CSS("#link"), strings.ToLower(d.token[:13])+" "+d.token[13:]))
	b.click("#link-form button[type=submit]")
	b.until(shows(0) + " && " + allSent)
	a.axe("the door at 360")
	b.axe("the door at 1280")
	a.until(
		`navigator.serviceWorker.ready.then(() => caches.open("door")).then((c) => c.keys()).then((k) => k.length > 8)`,
	)

	// Who leaves by one door was counted at the other, which this phone can't know yet.
	a.click(less)
	a.network(true)
	a.until(`!document.querySelector("[data-door-offline]").hidden`)
	a.click(less)
	a.until(shows(0) + ` && document.querySelector("[data-door-state]").textContent.includes("1件")`)
	b.click(more)
	b.until(shows(1) + " && " + allSent)
	a.network(false)
	a.until(shows(0) + " && " + allSent)
	if got := d.counted(); got != 0 {
		t.Errorf("one came and left: counted %d", got)
	}

	for range 3 {
		a.click(more)
	}
	a.until(shows(3) + " && " + allSent)
	if got := d.counted(); got != 3 {
		t.Errorf("counted %d, want 3", got)
	}

	a.network(true)
	a.until(`!document.querySelector("[data-door-offline]").hidden`)
	for range 4 {
		a.click(more)
	}
	a.click(less)
	a.until(shows(6) + ` && document.querySelector("[data-door-state]").textContent.includes("5件")`)
	a.types(digits)
	a.said("あとで確かめます")
	a.types("000000")
	a.said("あとで確かめます")
	a.axe("without network")
	a.open("/door")
	a.until(shows(6) + ` && document.querySelector("[data-door-state]").textContent.includes("7件")`)
	b.click(more)
	b.click(more)
	b.until(shows(5) + " && " + allSent)
	if got := d.counted(); got != 5 || d.arrived() != 0 {
		t.Errorf("while one phone is cut off: counted %d, arrived %d", got, d.arrived())
	}
	kept := a.kept()
	if strings.Contains(kept, code.Reveal()) || strings.Contains(kept, "かなりや") || !strings.Contains(kept, digits) {
		t.Errorf("the phone keeps %s", kept)
	}

	a.network(false)
	a.until(allSent + " && " + shows(8))
	a.until(`document.querySelector("[data-door-unknown]").textContent.includes("000000")`)
	if got := d.counted(); got != 8 || d.arrived() != 2 {
		t.Errorf("sent late: counted %d, arrived %d, want 8 and 2", got, d.arrived())
	}
	// As if the answers had been lost on the way: the same again.
	_, err := chromedp.Run(
		a.ctx,
		chromedp.Evaluate[int](
			fmt.Sprintf(
				`Object.entries(%s).filter(([key]) => /:(tap|in):/.test(key)).
				  map(([key, value]) => localStorage.setItem(key, value)).length`,
				kept,
			),
		),
	)
	a.must(err)
	a.open("/door")
	a.until(allSent + " && " + shows(8))
	if got := d.counted(); got != 8 || d.arrived() != 2 || d.number("select count(*) from door_tap") != 12 {
		t.Errorf("sent twice: counted %d, arrived %d, want 8 and 2", got, d.arrived())
	}

	// Taking back: a tap, and an arrival.
	a.click(more)
	a.until(shows(9) + " && " + allSent)
	a.click(".door-part:nth-of-type(3) [data-door-back] button")
	a.until(shows(8) + " && " + allSent)
	a.types(digits)
	a.said("もう受付がすんでいます。2人です")
	a.types(other)
	a.said("受付しました。1人です")
	a.click("[data-door-undo] button")
	a.said("受付を取り消しました。1人です")
	if got := d.arrived(); got != 2 || d.counted() != 8 {
		t.Errorf("after taking back: counted %d, arrived %d, want 8 and 2", d.counted(), got)
	}
	a.until(`document.querySelectorAll(".door-part [data-door-band]")[1].textContent === "残りわずか"`)

	for _, p := range []*phone{a, b} {
		history, err := chromedp.Run(p.ctx, chromedp.NavigationEntries())
		p.must(err)
		for _, e := range history.Entries {
			if strings.Contains(strings.ToUpper(e.URL+e.Title), d.token) {
				t.Errorf("the history keeps %s", e.URL)
			}
		}
		p.askedNothingSecret(d.token, digits)
	}

	// The day is over: what was on the phone goes.
	d.clock.Set(d.event.EndsAt.Add(7 * time.Hour))
	a.open("/door")
	a.until(`document.querySelector("[data-door-refused]")?.textContent.includes("受付は終わりました")`)
	a.until(
		`Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()]).
		  then(([kept, workers]) => localStorage.length + kept.length + workers.length === 0)`,
	)
	a.axe("when it is over")
}

// A revoked link leaves what was counted on the phone, for the link that comes instead.
func TestBrowserDoorLinkIsReplaced(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	p := d.phone(browser.Open(t), 360)
	p.open("/door#" + d.token)
	p.until(shows(0) + " && " + allSent)
	p.network(true)
	p.click(more)
	p.click(more)
	p.until(shows(2))
	if _, err := d.bundle.Pool(t).Exec(t.Context(), "update door_link set revoked_at = now()"); err != nil {
		t.Fatal(err)
	}
	p.network(false)
	p.until(`document.querySelector("[data-door-refused]")?.textContent.includes("新しいリンクで開くと送られます")`)
	if d.counted() != 0 {
		t.Fatal("a revoked link counts")
	}
	issued, err := d.app.Door.CreateLink(t.Context(), d.author(), d.event.ID, d.event.OccurrenceID)
	if err != nil {
		t.Fatal(err)
	}
	p.open("/door#" + issued.Token.Reveal())
	p.until(shows(2) + " && " + allSent)
	if got := d.counted(); got != 2 {
		t.Errorf("counted %d, want 2", got)
	}
}

// A camera that looks at the day code, and one that looks at the ticket's own code.
func TestBrowserDoorCamera(t *testing.T) {
	t.Parallel()
	d := openDoorway(t)
	first, digits := d.guest(3)
	second, _ := d.guest(1)
	for _, look := range []struct {
		at, said string
		arrived  int
	}{
		{digits, "受付しました。3人です", 3},
		{d.base + "/t#" + second.Reveal(), "受付しました。1人です", 4},
		{d.base + "/t#" + first.Reveal(), "もう受付がすんでいます。3人です", 4},
		{"https://example.jp/", "これは受付の番号ではありません", 4},
	} {
		film := filepath.Join(t.TempDir(), "door.y4m")
		shoot(t, film, look.at)
		p := d.phone(
			browser.Open(
				t,
				"use-fake-device-for-media-stream",
				"use-fake-ui-for-media-stream",
				"use-file-for-fake-video-capture="+film,
			),
			360,
		)
		p.open("/door#" + d.token)
		p.until(allSent)
		p.click("[data-door-scan]")
		p.said(look.said)
		p.axe("the camera")
		if got := d.arrived(); got != look.arrived {
			t.Errorf("%q: %d have arrived, want %d", look.said, got, look.arrived)
		}
		p.click("[data-door-scan]")
		p.until(`document.querySelector("[data-door-video]").hidden`)
		if kept := p.kept(); strings.Contains(kept, first.Reveal()) || strings.Contains(kept, second.Reveal()) {
			t.Error("the phone keeps a participation code")
		}
	}
}

// shoot makes a film (YUV4MPEG2) of one code on white.
func shoot(t *testing.T, path, content string) {
	t.Helper()
	code, err := qr.Encode(content, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	const width, height = 640, 480
	zoom := 400 / code.Size
	left, top := (width-zoom*code.Size)/2, (height-zoom*code.Size)/2
	frame := make([]byte, 0, width*height*3/2)
	for y := range height {
		for x := range width {
			light := byte(235)
			if mx, my := (x-left)/zoom, (y-top)/zoom; x >= left && y >= top && mx < code.Size && my < code.Size &&
				code.Black(mx, my) {
				light = 16
			}
			frame = append(frame, light)
		}
	}
	for range width * height / 2 {
		frame = append(frame, 128)
	}
	film := fmt.Appendf(nil, "YUV4MPEG2 W%d H%d F10:1 Ip A1:1 C420jpeg\n", width, height)
	for range 5 {
		film = append(append(film, "FRAME\n"...), frame...)
	}
	if err := os.WriteFile(path, film, 0o600); err != nil {
		t.Fatal(err)
	}
}
