package site_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/site"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const baseURL = "https://tonarimachi.example"

var noon = time.Date(2026, time.November, 22, 12, 0, 0, 0, clock.Tokyo) // a Sunday

// kit is one test's ground: the pages over a real database, with a clock that stands still.
type kit struct {
	*testing.T
	bundle   *testkit.Bundle
	db       *postgres.DB
	clock    *clock.Fake
	events   *event.Service
	tickets  *ticket.Service
	bookings *booking.Service
	door     *door.Service
	by       map[string]staff.Author
	logs     *logBuffer
	echo     *echo.Echo
	options  site.Options
}

// towns that test events belong to; seven of them host one event together.
var towns = []struct{ slug, code, name string }{
	{
		"kiyose",
		"132217",
		"清瀬市",
	},
	{"kunitachi", "132152", "国立市"},
	{"musashino", "132039", "武蔵野市"},
	{"higashiyamato", "132209", "東大和市"},
	{"hino", "132128", "日野市"},
	{"bunkyo", "131059", "文京区"},
	{"toshima", "131164", "豊島区"},
}

// empty is a fresh installation.
func empty(t *testing.T) *kit { return build(t, baseURL) }

func build(t *testing.T, base string) *kit {
	t.Helper()
	k := &kit{
		T:      t,
		bundle: testkit.Database(t),
		clock:  clock.NewFake(noon),
		by:     map[string]staff.Author{},
		logs:   &logBuffer{},
	}
	var err error
	k.db = testkit.Open(t, postgres.Options{URL: k.bundle.LoginURL, Public: 6, Staff: 3, Clock: k.clock})
	sum := sha256.Sum256([]byte(t.Name()))
	keys, err := secret.NewKeys(sum[:])
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewJSONHandler(k.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	directory := organization.NewDirectory(k.db)
	k.events = event.NewService(k.db, directory, nil)
	k.tickets = ticket.New(k.db, keys, rand.Reader, logger)
	t.Cleanup(k.tickets.Close)
	k.door = door.NewService(k.db, keys, rand.Reader)
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	rooms := board.NewService(k.db, directory, keys, rand.Reader)
	k.bookings = booking.NewService(k.db, directory, rooms)
	k.options = site.Options{
		Events:    k.events,
		Search:    search.NewService(k.db, directory),
		Tickets:   k.tickets,
		Contacts:  contact.NewService(k.db, keys, names{}),
		Door:      k.door,
		Paper:     paper.NewService(k.db, keys, rand.Reader, k.tickets),
		Directory: directory,
		Venues:    venue.NewService(k.db, directory),
		Board:     rooms,
		Rounds:    round.NewService(k.db, directory, rooms, k.bookings, rand.Reader),
		Keys:      keys,
		Random:    rand.Reader,
		Clock:     k.clock,
		Messages:  messages,
		Templates: web.Templates,
		Static:    web.Static,
		BaseURL:   config.BaseURL(base),
	}
	pages, err := site.New(k.options)
	if err != nil {
		t.Fatal(err)
	}
	k.echo = httpx.New(httpx.Options{Messages: messages, Logger: logger, ErrorPage: pages.ErrorPage, Origin: base})
	pages.Routes(k.echo)
	return k
}

// setup is an installation with seven towns, a partner group and a partnership.
func setup(t *testing.T) *kit { return settle(empty(t)) }

func settle(k *kit) *kit {
	k.Helper()
	for i, town := range towns {
		k.exec(
			`insert into organization (kind, slug, code, name, position) values ('municipality', $1, $2, $3, $4)`,
			town.slug,
			town.code,
			town.name,
			i,
		)
	}
	k.exec(
		`insert into organization (kind, slug, name, registered_by, area, position)
			select 'partner_group', 'rakunokai', 'NPO法人 楽の会リーラ', id, '巣鴨', 50 from organization where slug = 'toshima'`,
	)
	k.exec(
		`insert into partnership (slug, name, description)
			values ('ux-joshikai', 'ひきこもりUX女子会 広域連携', 'おたがいの町から参加できます。')`,
	)
	k.exec(
		`insert into partnership_member select p.id, o.id, o.position from partnership p, organization o
			where o.kind = 'municipality'`,
	)
	k.exec(
		`insert into staff (organization_id, email, password_hash, role)
			select id, 'staff@' || slug || '.example', 'x', 'admin' from organization`,
	)
	rows, err := k.bundle.Pool(
		k,
	).Query(
		k.Context(),
		`select o.slug, o.id, s.id from organization o join staff s on s.organization_id = o.id`,
	)
	if err != nil {
		k.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var slug string
		var org, member uuid.UUID
		if err := rows.Scan(&slug, &org, &member); err != nil {
			k.Fatal(err)
		}
		k.by[slug] = staff.Author{Organization: org, Actor: postgres.StaffActor(member)}
	}
	if err := rows.Err(); err != nil {
		k.Fatal(err)
	}
	return k
}

func (k *kit) exec(sql string, args ...any) {
	k.Helper()
	if _, err := k.bundle.Pool(k).Exec(k.Context(), sql, args...); err != nil {
		k.Fatal(err)
	}
}

// meeting is an event of bunkyo on 16 December with one seat part.
func meeting(change func(*event.Input)) event.Input {
	yes := true
	day := clock.NewDate(2026, time.December, 16)
	in := event.Input{
		Kind:         "ibasho",
		Title:        "お茶とおしゃべりの会",
		Summary:      "お茶を飲みながら、ゆっくりすごします。",
		Description:  "話したくないときは、聞いているだけで大丈夫です。\n\n途中から来ても、途中で帰ってもかまいません。",
		Audience:     "どなたでも",
		AudienceTags: []event.AudienceTag{"anyone"},
		Assurance: event.Assurance{
			NicknameOK:       &yes,
			ListenOnlyOK:     &yes,
			LeaveMidwayOK:    &yes,
			Press:            event.PressNone,
			AttendingOffices: []string{"文京区 生活福祉課"},
		},
		Fee:     event.Fee{Yen: new(0)},
		Website: "https://bunkyo.example/ocha",
		Occurrences: []event.OccurrenceInput{
			{
				StartsAt: day.At(13, 30),
				EndsAt:   day.At(16, 30),
				Place: event.Place{
					Kind:     event.InPerson,
					Name:     "区民センター 会議室A",
					Address:  "文京区本郷4-15-14",
					Access:   "春日駅から歩いて2分\n後楽園駅から歩いて5分",
					AreaCode: "131059",
				},
				Parts: []event.PartInput{
					{
						Reservation: event.Seat,
						Quotas:      []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 20, MaxSeats: 3}},
					},
				},
			},
		},
	}
	if change != nil {
		change(&in)
	}
	return in
}

// publish makes an event of the town public, approved by everybody who is asked.
func (k *kit) publish(slug string, in event.Input) event.Event {
	k.Helper()
	e, err := k.events.Create(k.Context(), k.by[slug], in)
	if err != nil {
		k.Fatalf("create %q: %v %+v", in.Title, err, err)
	}
	for _, o := range in.Organisers {
		if o.Organization != slug {
			if _, err := k.events.Decide(k.Context(), k.by[o.Organization], e.ID, true, 0); err != nil {
				k.Fatalf("approve by %s: %v", o.Organization, err)
			}
		}
	}
	if e, err = k.events.Publish(k.Context(), k.by[slug], e.ID); err != nil {
		k.Fatal(err)
	}
	return e
}

func quotaOf(e event.Event) string { return e.Occurrences[0].Parts[0].Quotas[0].ID.String() }

type answer struct {
	*httptest.ResponseRecorder
	doc *goquery.Document
}

func (k *kit) do(r *http.Request) answer {
	k.Helper()
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "text/html,application/xhtml+xml")
	}
	w := httptest.NewRecorder()
	k.echo.ServeHTTP(w, r)
	a := answer{ResponseRecorder: w}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && r.Method != http.MethodHead &&
		w.Code != http.StatusNotModified {
		var err error
		if a.doc, err = goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes())); err != nil {
			k.Fatal(err)
		}
		checkPage(k, r.Method+" "+r.URL.Path, a)
	}
	return a
}

func (k *kit) get(target string) answer {
	k.Helper()
	return k.do(httptest.NewRequestWithContext(k.Context(), http.MethodGet, target, http.NoBody))
}

// page is get for a page that must be there.
func (k *kit) page(target string) *goquery.Document {
	k.Helper()
	a := k.get(target)
	if a.Code != http.StatusOK || a.doc == nil {
		k.Fatalf("GET %s = %d: %s", target, a.Code, a.Body)
	}
	return a.doc
}

func (k *kit) post(target string, form url.Values) answer {
	k.Helper()
	return k.postBody(target, form.Encode())
}

func (k *kit) postBody(target, body string) answer {
	k.Helper()
	r := httptest.NewRequestWithContext(k.Context(), http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return k.do(r)
}

// hiddenSecret is what the first open form of the event's page carries.
func (k *kit) hiddenSecret(e event.Event) string {
	k.Helper()
	code, ok := k.page("/events/" + e.ID.String()).Find(`form.seat-form input[name="secret"]`).First().Attr("value")
	if !ok || len(code) != 26 {
		k.Fatalf("no secret in the form: %q", code)
	}
	return code
}

// take takes a seat and gives its code.
func (k *kit) take(e event.Event, nickname string) string {
	k.Helper()
	code := k.hiddenSecret(e)
	a := k.post(
		"/events/"+e.ID.String()+"/tickets",
		url.Values{"secret": {code}, "quota_id": {quotaOf(e)}, "nickname": {nickname}},
	)
	if a.Code != http.StatusCreated {
		k.Fatalf("take = %d: %s", a.Code, text(a.doc.Find("main")))
	}
	return code
}

// text is what a reader sees, with white space folded.
func text(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

// logBuffer is safe for the handlers of a real server.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

var _ io.Writer = (*logBuffer)(nil)

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
