package feed_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/feed"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, clock.Tokyo)

type bench struct {
	*testing.T
	clock  *clock.Fake
	bundle *testkit.Bundle
	events *event.Service
	server *echo.Echo
	author staff.Author
	other  staff.Author
	feeds  *feed.Feeds

	tickets  *ticket.Service
	rooms    *board.Service
	bookings *booking.Service
	rounds   *round.Service
	pool     *pgxpool.Pool
}

func setup(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, clock: clock.NewFake(noon), bundle: testkit.Database(t)}
	pool := b.bundle.Pool(t)
	b.author = staff.Author{Organization: testkit.NewOrganization(t, pool, "kiyose")}
	b.other = staff.Author{Organization: testkit.NewOrganization(t, pool, "bunkyo")}
	for _, a := range []*staff.Author{&b.author, &b.other} {
		err := pool.QueryRow(
			t.Context(),
			`insert into staff (organization_id, email, password_hash, role) values ($1, 'a@a.example', 'x', 'admin')
				returning id`,
			a.Organization,
		).Scan(
			&a.Actor.ID,
		)
		if err != nil {
			t.Fatal(err)
		}
		a.Actor = postgres.StaffActor(a.Actor.ID)
	}
	b.pool = pool
	b.exec(`with p as (insert into partnership (slug, name) values ('ux', '広域連携') returning id)
		insert into partnership_member select p.id, o.id, 0 from p, organization o`)
	b.events, b.feeds, b.server = b.replica()
	b.tickets = b.feeds.Tickets.(*ticket.Service)
	b.rooms = b.feeds.Rooms.(*board.Service)
	return b
}

// replica is a server of its own on the same database.
func (b *bench) replica() (*event.Service, *feed.Feeds, *echo.Echo) {
	b.Helper()
	db := testkit.Open(b, postgres.Options{URL: b.bundle.LoginURL, Public: 2, Staff: 2, Clock: b.clock})
	words, err := i18n.Load(web.Messages)
	if err != nil {
		b.Fatal(err)
	}
	directory := organization.NewDirectory(db)
	keys, err := secret.NewKeys([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		b.Fatal(err)
	}
	tickets := ticket.New(db, keys, rand.Reader, nil)
	b.Cleanup(tickets.Close)
	rooms := board.NewService(db, directory, keys, rand.Reader)
	if b.bookings == nil {
		b.bookings = booking.NewService(db, directory, rooms)
		b.rounds = round.NewService(db, directory, rooms, b.bookings, rand.Reader)
	}
	var feeds *feed.Feeds
	events := event.NewService(db, directory, func() { feeds.Changed() })
	feeds = feed.New(
		feed.Options{
			Events:  search.NewService(db, directory),
			Tickets: tickets,
			Rooms:   rooms,
			Words:   words.Localizer(i18n.Japanese),
			BaseURL: "https://tonari.example",
			Clock:   b.clock,
		},
	)
	e := httpx.New(httpx.Options{Messages: words})
	feeds.Routes(e)
	return events, feeds, e
}

func (b *bench) publish(in event.Input) event.Event {
	b.Helper()
	e, err := b.events.Create(b.Context(), b.author, in)
	if err == nil {
		e, err = b.events.Publish(b.Context(), b.author, e.ID)
	}
	if err != nil {
		b.Fatal(err)
	}
	return e
}

func gathering(title string, days ...int) event.Input {
	in := event.Input{Kind: "joshikai", Title: title, Summary: "お茶を飲みながら", AudienceTags: []event.AudienceTag{"women"}}
	for _, d := range days {
		in.Occurrences = append(in.Occurrences, event.OccurrenceInput{
			StartsAt: clock.DateOf(noon).AddDays(d).At(14, 0), EndsAt: clock.DateOf(noon).AddDays(d).At(16, 0),
			Place: event.Place{Kind: event.InPerson, Name: "市民センター", Address: "元町1-1"},
		})
	}
	return in
}

func get(t *testing.T, e http.Handler, method, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	defer func() { _ = r.Body.Close() }()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func calendar(t *testing.T, text string) *ics.Calendar {
	t.Helper()
	c, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatalf("parse feed: %v\n%s", err, text)
	}
	return c
}

func TestOneEventManyFeedsOneUID(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in := gathering("合同女子会", 7)
	in.Organisers = []event.OrganiserInput{
		{Organization: "kiyose", Role: event.Host},
		{Organization: "bunkyo", Role: event.Host},
	}
	e := b.publish(in)
	feedOf := func(path string) []*ics.VEvent { return calendar(t, body(t, get(t, b.server, "GET", path))).Events() }
	if got := feedOf("/feeds/organizations/bunkyo.ics"); len(got) != 0 {
		t.Errorf("in bunkyo's feed before bunkyo said yes: %d", len(got))
	}
	if _, err := b.events.Decide(t.Context(), b.other, e.ID, true, 0); err != nil {
		t.Fatal(err)
	}
	uid := e.Occurrences[0].ID.String() + "@tonarimachi"
	for _, path := range []string{
		"all",
		"organizations/kiyose",
		"organizations/bunkyo",
		"partnerships/ux",
		"kinds/joshikai",
		"events/" + e.ID.String(),
	} {
		got := feedOf("/feeds/" + path + ".ics")
		if len(got) != 1 || got[0].Id() != uid {
			t.Errorf("%s: %d events, want one with UID %s", path, len(got), uid)
		}
	}
	if got := feedOf("/feeds/kinds/lecture.ics"); len(got) != 0 {
		t.Errorf("a lecture feed holds %d", len(got))
	}
	text := body(t, get(t, b.server, "GET", "/feeds/all.ics"))
	for _, want := range []string{
		"X-WR-CALNAME:となりまち\r\n",
		"DTSTART;TZID=Asia/Tokyo:20261129T140000\r\n",
		"SUMMARY:合同女子会\r\n",
		"URL;VALUE=URI:https://tonari.example/events/" + e.ID.String(),
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\r\n ", ""), want) {
			t.Errorf("feed lacks %q:\n%s", want, text)
		}
	}
	if !strings.Contains(strings.ReplaceAll(text, "\r\n ", ""), "主催：kiyose・bunkyo") {
		t.Errorf("hosts are not credited in order:\n%s", text)
	}
}

func TestValidators(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(gathering("女子会", 7))
	const path = "/feeds/all.ics"
	plain := get(t, b.server, "GET", path)
	packed := get(t, b.server, "GET", path, "Accept-Encoding", "br, gzip;q=0.8")
	text := body(t, plain)
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if inner, err := io.ReadAll(unpacked); err != nil || !bytes.Equal(inner, []byte(text)) {
		t.Errorf("the gzip form differs: %v", err)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("validators of the two forms: %v, %v", plain.Header, packed.Header)
	}
	for name, header := range map[string][]string{
		"tag":      {"If-None-Match", plain.Header.Get("ETag")},
		"gzip tag": {"If-None-Match", packed.Header.Get("ETag"), "Accept-Encoding", "gzip"},
		"date":     {"If-Modified-Since", plain.Header.Get("Last-Modified")},
	} {
		if r := get(t, b.server, "GET", path, header...); r.StatusCode != http.StatusNotModified || body(t, r) != "" {
			t.Errorf("%s: %d", name, r.StatusCode)
		}
	}
	head := get(t, b.server, "HEAD", path)
	if head.StatusCode != 200 || body(t, head) != "" ||
		head.Header.Get("Content-Length") != plain.Header.Get("Content-Length") {
		t.Errorf("HEAD: %d %v", head.StatusCode, head.Header)
	}
	for name, want := range map[string]string{
		"Content-Type": "text/calendar; charset=utf-8",
		"Set-Cookie":   "",
		"Location":     "",
	} {
		if got := plain.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	// A minute later nothing changed, so the tag stays; after a change and after a removal it
	// moves, and so does the date.
	b.clock.Advance(2 * time.Minute)
	if r := get(
		t,
		b.server,
		"GET",
		path,
		"If-None-Match",
		plain.Header.Get("ETag"),
	); r.StatusCode != http.StatusNotModified {
		t.Errorf("the tag depends on the time: %d", r.StatusCode)
	}
	hidden := event.Partners
	if _, err := b.events.Change(t.Context(), b.author, e.ID, event.Change{Visibility: &hidden}); err != nil {
		t.Fatal(err)
	}
	after := get(t, b.server, "GET", path, "If-None-Match", plain.Header.Get("ETag"))
	if after.StatusCode != 200 || strings.Contains(body(t, after), "女子会") {
		t.Errorf("what was withdrawn still shows: %d", after.StatusCode)
	}
	if after := get(
		t,
		b.server,
		"GET",
		path,
		"If-Modified-Since",
		plain.Header.Get("Last-Modified"),
	); after.StatusCode != 200 {
		t.Error("Last-Modified did not move on removal")
	}
}

func TestShortcutDecidesAsTheRouteDoes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(gathering("女子会", 7))
	const path = "/feeds/all.ics"
	short := b.feeds.Shortcut(b.server)
	plain, packed := get(t, short, "GET", path), get(t, short, "GET", path, "Accept-Encoding", "gzip")
	if b.feeds.Shortcuts() != 0 || plain.StatusCode != 200 || packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("first requests: %d, %d, %d shortcuts", plain.StatusCode, packed.StatusCode, b.feeds.Shortcuts())
	}
	for _, c := range []struct {
		method, tag, encoding string
		shortcut              bool
	}{
		{"GET", plain.Header.Get("ETag"), "", true},
		{"HEAD", plain.Header.Get("ETag"), "", true},
		{"GET", packed.Header.Get("ETag"), "gzip", true},
		{"GET", plain.Header.Get("ETag"), "gzip", false},
		{"GET", packed.Header.Get("ETag"), "", false},
		{"GET", `"other"`, "", false},
		{"GET", `"other", ` + plain.Header.Get("ETag"), "", false},
		{"POST", plain.Header.Get("ETag"), "", false},
	} {
		before := b.feeds.Shortcuts()
		header := []string{"If-None-Match", c.tag, "Accept-Encoding", c.encoding}
		got, routed := get(t, short, c.method, path, header...), get(t, b.server, c.method, path, header...)
		if got.StatusCode != routed.StatusCode || got.Header.Get("ETag") != routed.Header.Get("ETag") ||
			got.Header.Get("Cache-Control") != routed.Header.Get("Cache-Control") {
			t.Errorf("%+v: %d %v, by the route %d %v", c, got.StatusCode, got.Header, routed.StatusCode, routed.Header)
		}
		if taken := b.feeds.Shortcuts() > before; taken != c.shortcut {
			t.Errorf("%+v: shortcut taken: %v", c, taken)
		}
	}
	if _, err := b.events.CancelOccurrence(t.Context(), b.author, e.ID, e.Occurrences[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	if r := get(
		t,
		short,
		"GET",
		path,
		"If-None-Match",
		plain.Header.Get("ETag"),
	); r.StatusCode != 200 ||
		!strings.Contains(body(t, r), "【中止】") {
		t.Errorf("after a change: %d", r.StatusCode)
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(gathering("女子会", 7, 14, 21))
	ctx, later := t.Context(), clock.DateOf(noon).AddDays(8).At(10, 0)
	for _, err := range []error{
		second(b.events.ChangeOccurrence(
			ctx,
			b.author,
			e.ID,
			e.Occurrences[0].ID,
			event.OccurrenceChange{StartsAt: &later},
		)),
		second(b.events.PostponeOccurrence(ctx, b.author, e.ID, e.Occurrences[1].ID, "")),
		second(b.events.CancelOccurrence(ctx, b.author, e.ID, e.Occurrences[2].ID, "会場の都合です。")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	text := body(t, get(t, b.server, "GET", "/feeds/events/"+e.ID.String()+".ics"))
	want := []struct{ title, status string }{
		{"【日程変更】女子会", "CONFIRMED"},
		{"【延期】女子会", "TENTATIVE"},
		{"【中止】女子会", "CANCELLED"},
	}
	for i, v := range calendar(t, text).Events() {
		if got := v.GetProperty(ics.ComponentPropertySummary).Value; got != want[i].title {
			t.Errorf("title %d = %q, want %q", i, got, want[i].title)
		}
		if got := v.GetProperty(ics.ComponentPropertyStatus).Value; got != want[i].status {
			t.Errorf("status %d = %q, want %q", i, got, want[i].status)
		}
		if v.Id() != e.Occurrences[i].ID.String()+"@tonarimachi" {
			t.Errorf("UID %d changed to %s", i, v.Id())
		}
	}
	b.clock.Advance(40 * 24 * time.Hour)
	if text := body(t, get(t, b.server, "GET", "/feeds/all.ics")); strings.Contains(text, "【中止】") {
		t.Error("cancelled dates stay longer than 30 days")
	}
}

func second[T any](_ T, err error) error { return err }

func TestOtherReplicasHear(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, far, farServer := b.replica()
	heard := make(chan struct{}, 100)
	db := testkit.Open(t, postgres.Options{URL: b.bundle.LoginURL, Public: 1})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		db.Listen(ctx, b.bundle.LoginURL, postgres.ChannelEvents, func() { far.Changed(); heard <- struct{}{} })
	}()
	<-heard // connected
	if text := body(t, get(t, farServer, "GET", "/feeds/all.ics")); strings.Contains(text, "VEVENT") {
		t.Fatal("the feed is not empty at first")
	}
	b.publish(gathering("女子会", 7))
	select {
	case <-heard:
	case <-time.After(time.Minute):
		t.Fatal("the other replica was not told")
	}
	if text := body(t, get(t, farServer, "GET", "/feeds/all.ics")); !strings.Contains(text, "女子会") {
		t.Error("the other replica serves what was before")
	}
	stop()
	<-ended
}

func TestUnknownFeeds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{
		"/feeds/organizations/nowhere.ics",
		"/feeds/organizations/.ics",
		"/feeds/organizations/kiyose",
		"/feeds/organizations/kiyose.xml",
		"/feeds/partnerships/x.ics",
		"/feeds/kinds/x.ics",
		"/feeds/series/x.ics",
		"/feeds/events/6f1f6c1e-7f63-4bb4-9f6a-000000000000.ics",
		"/feeds/events/6F1F6C1E-7F63-4BB4-9F6A-000000000000.ics",
		"/feeds/series/6f1f6c1e-7f63-4bb4-9f6a-000000000000.ics", "/feeds/x.ics", "/feeds/organizations/%00.ics",
	} {
		r := get(t, b.server, "GET", path)
		if r.StatusCode < 400 || r.StatusCode > 404 || r.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
	}
}
