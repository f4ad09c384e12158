package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket/draw"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// town is the demo's organization whose staff reads in these tests.
const town = "toshima"

// ground is a database with the demo's data, and what the routes are asked with.
type ground struct {
	*testing.T
	cfg    config.Config
	bundle *testkit.Bundle
	clock  *clock.Fake
	// what a parameter stands for, by what stands before it: "events/:id"; and the query of a
	// route: "?/api/v1/rooms/free"
	names map[string]string
	// Who asks: town's administrator, somebody with a seat, the door.
	token, ticket, door string
}

// rushed is the whole program on the ground, with few connections.
type rushed struct {
	*testing.T
	*ground
	db     *postgres.DB
	table  []httpx.Route
	url    string
	client *http.Client
}

// asked is one GET of the route tables.
type asked struct {
	route, path, authorization string
	status                     int // when nobody else asks
}

func prepareGround(t *testing.T) *ground {
	t.Helper()
	dir := t.TempDir()
	g := &ground{
		T:      t,
		bundle: testkit.Database(t),
		// Noon, so that what the demo opens for today is open.
		clock: clock.NewFake(clock.Today(clock.System()).At(12, 0)),
		names: map[string]string{},
	}
	book, err := demo.OpenBook(dir)
	if err != nil {
		t.Fatal(err)
	}
	if g.cfg, err = DemoConfig(
		g.bundle.OwnerURL,
		g.bundle.LoginURL,
		dir,
		book,
		&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080},
	); err != nil {
		t.Fatal(err)
	}
	h := New(g.cfg, slog.New(slog.DiscardHandler), g.open(t, postgres.Options{Public: 4, Staff: 4, Worker: 1}))
	defer h.Close()
	o, err := OpenOperator(t.Context(), g.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer o.DB.Close()
	err = demo.Load(t.Context(), demo.Services{
		OrganizationOperator: o.Organizations,
		StaffOperator:        o.Staff,
		Staff:                h.Staff,
		Events:               h.Events,
		Search:               h.Search,
		Tickets:              h.Tickets,
		Door:                 h.Door,
		Paper:                h.Paper,
		Venues:               h.Venues,
		Bookings:             h.Bookings,
		Rounds:               h.Rounds,
		Contacts:             h.Contacts,
		Clock:                g.clock,
		ContactKeys:          func(ctx context.Context) error { return makeContactKeys(ctx, g.cfg, h.db) },
	}, book)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draw.Lots(t.Context(), h.db); err != nil {
		t.Fatal(err)
	}
	later := clock.NewFake(g.clock.Now().AddDate(0, 0, 20)) // when the demo's draw of rooms is over
	if _, err := round.Run(t.Context(), g.open(t, postgres.Options{Worker: 1, Clock: later})); err != nil {
		t.Fatal(err)
	}
	for _, a := range book.Accounts {
		if a.Slug == town {
			g.token = a.Token
		}
	}
	g.ticket, g.door = book.Tickets[0].Secret, book.Door.Token
	g.nameAll(h)
	return g
}

func (g *ground) open(t *testing.T, o postgres.Options) *postgres.DB {
	t.Helper()
	o.URL = g.bundle.LoginURL
	if o.Clock == nil {
		o.Clock = g.clock
	}
	db, err := postgres.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// rush starts the program with pools of that size.
func (g *ground) rush(
	t *testing.T,
	pool int32,
	o postgres.Options,
	more ...func(r *rushed, next http.Handler) http.Handler,
) *rushed {
	t.Helper()
	o.Public, o.Staff = pool, pool
	r := &rushed{T: t, ground: g, db: g.open(t, o)}
	h := New(g.cfg, slog.New(slog.DiscardHandler), r.db)
	t.Cleanup(h.Close)
	handler, table, err := h.Routes(httpx.NewMetrics())
	if err != nil {
		t.Fatal(err)
	}
	r.table = table
	for _, add := range more {
		handler = add(r, handler)
	}
	server := httptest.NewUnstartedServer(handler)
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { return postgres.Watched(ctx) }
	server.Start()
	t.Cleanup(server.Close)
	r.url, r.client = server.URL, &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 100},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	home, _, err := r.get(asked{path: "/"})
	found := regexp.MustCompile(`/static/([^"]+)`).FindSubmatch(home.body)
	if err != nil || found == nil {
		t.Fatalf("the home page names no file, %v", err)
	}
	g.names["static/*"] = string(found[1])
	return r
}

// nameAll finds what the parameters of routes may stand for in the demo's data.
func (g *ground) nameAll(h *App) {
	g.Helper()
	pool := g.bundle.Pool(g)
	one := func(sql string, args ...any) (value string) {
		g.Helper()
		if err := pool.QueryRow(g.Context(), sql, args...).Scan(&value); err != nil {
			g.Errorf("%s: %v", sql, err)
		}
		return value
	}
	const own = " = (select id from organization where slug = '" + town + "')"
	drawn := one("select part_id::text from lottery_draw where revealed is not null order by part_id limit 1")
	lottery := one("select event_id::text from part where id = $1", drawn)
	event := one(
		"select e.id::text from event e join occurrence o on o.event_id = e.id where e.listed and " +
			"e.organization_id" + own + " order by o.starts_at desc limit 1",
	)
	facility := one(
		"select f.id::text from facility f join room r on r.facility_id = f.id where f.listed and r.listed and " +
			"f.organization_id" + own + " order by f.id limit 1",
	)
	room := one("select id::text from room where listed and facility_id = $1 order by id limit 1", facility)
	drawnRound := one("select id::text from booking_round where state = 'drawn' limit 1")
	names := map[string]string{
		"events/:id":                lottery,
		"events/:event_id":          lottery,
		"draws/:part":               drawn,
		"parts/:part_id":            drawn,
		"organizations/:slug":       town,
		"problems/:code":            "room_unknown",
		"facilities/:id":            facility,
		"facilities/:facility_id":   facility,
		"rooms/:id":                 room,
		"rooms/:room_id":            room,
		"rounds/:id":                drawnRound,
		"rounds/:round_id":          drawnRound,
		"opendata/:file":            "131164_public_facility.csv",
		"feeds/organizations/:file": town + ".ics",
		"feeds/partnerships/:file":  one("select slug from partnership order by slug limit 1") + ".ics",
		"feeds/kinds/:file":         one("select kind from event where listed limit 1") + ".ics",
		"feeds/series/:file": one(
			"select s.id::text from series s join event e on e.id = s.event_id where e.listed limit 1",
		) + ".ics",
		"feeds/events/:file":                   event + ".ics",
		"organizations/:slug/events/:event_id": event,
		"reports/events/:event_id":             event,
		"reports/years/:year":                  strconv.Itoa(clock.Today(g.clock).Year),
		"occurrences/:occurrence_id": one(
			"select id::text from occurrence where event_id = $1 limit 1",
			event,
		),
		"bookings/:booking_id": one(
			"select id::text from booking where status = 'confirmed' and organization_id" + own + " limit 1",
		),
		"booking-series/:booking_series_id": one(
			"select id::text from booking_series order by organization_id" + own + " desc limit 1",
		),
		"applications/:application_id": one(
			"select id::text from booking_application order by borrower_id" + own + " desc limit 1",
		),
	}
	author := staff.Author{
		Organization: uuid.MustParse(one("select id::text from organization where slug = $1", town)),
		Actor:        postgres.StaffActor(uuid.New()),
	}
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 800, 600)), nil); err != nil {
		g.Fatal(err)
	}
	if _, err := h.Venues.AddPhoto(
		g.Context(),
		author,
		uuid.MustParse(facility),
		venue.PhotoInput{Alt: "入口"},
		picture.Bytes(),
	); err != nil {
		g.Fatal(err)
	}
	today := clock.Today(g.clock)
	season, err := h.Rounds.Create(g.Context(), author, round.Input{
		Name:            "来季の抽選",
		Rooms:           []uuid.UUID{uuid.MustParse(room)},
		FirstDay:        today.AddDays(300),
		LastDay:         today.AddDays(330),
		OpensAt:         today.At(0, 0),
		ClosesAt:        today.AddDays(10).At(0, 0),
		DrawsAt:         today.AddDays(11).At(0, 0),
		AcceptUntil:     today.AddDays(20).At(0, 0),
		ApplicationsMax: 2,
		WishesMax:       3,
	})
	if err != nil {
		g.Fatal(err)
	}
	names["organizations/:slug/rounds/:round_id"] = season.ID.String()
	// Calendars that only their token opens.
	code, err := secret.ParseTicket(g.ticket)
	if err != nil {
		g.Fatal(err)
	}
	private, err := h.Tickets.StartCalendar(g.Context(), code)
	if err != nil {
		g.Fatal(err)
	}
	busy, err := h.Board.CreateCalendar(g.Context(), author, uuid.MustParse(room), "清掃")
	if err != nil {
		g.Fatal(err)
	}
	names["photos/:file"] = one("select encode(checksum, 'hex') from photo_image limit 1") + ".jpg"
	names["c/:file"], names["r/:file"] = private.Reveal()+".ics", busy.Token.Reveal()+".ics"
	// What some can't be asked without.
	day := clock.Today(g.clock).AddDays(3)
	window := "?from=" + url.QueryEscape(
		day.At(9, 0).Format(time.RFC3339),
	) + "&to=" + url.QueryEscape(
		day.At(12, 0).Format(time.RFC3339),
	)
	for _, route := range []string{
		"/api/v1/rooms/free",
		"/api/v1/rooms/:room_id/availability",
		"/api/v1/organizations/:slug/rooms/:room_id/availability",
	} {
		names["?"+route] = window
	}
	names["?/facilities/:id/calendar.json"] = "?days=7&from=" + day.String()
	names["?/api/v1/organizations/:slug/holidays"] = "?year=" + names["reports/years/:year"]
	maps.Copy(g.names, names)
}

var errRoute = errors.New("the route can't be tried")

// path fills a route's parameters.
func (r *rushed) path(route string) (string, error) {
	named := strings.Split(route, "/")
	parts := slices.Clone(named)
	for i, part := range named {
		if !strings.HasPrefix(part, ":") && part != "*" {
			continue
		}
		value, ok := "", false
		for from := range i { // the longest of what stands before it
			if value, ok = r.names[strings.Join(named[from:i], "/")+"/"+part]; ok {
				break
			}
		}
		if !ok {
			return "", fmt.Errorf("%w: nothing stands for %s in %s; name it in nameAll", errRoute, part, route)
		}
		parts[i] = value
	}
	return strings.Join(parts, "/") + r.names["?"+route], nil
}

// routes are every GET of the program that want picks, each tried alone: a parameter that nothing
// is known to stand for, and an address that gives nothing, fail the test.
func (r *rushed) routes(want func(a asked) bool) (all []asked) {
	r.Helper()
	for _, route := range r.table {
		if route.Method != http.MethodGet {
			continue
		}
		path, err := r.path(route.Path)
		if err != nil {
			r.Error(err)
			continue
		}
		a := asked{route: route.Path, path: path}
		switch api, _ := strings.CutPrefix(route.Path, "/api/v1"); {
		case strings.HasPrefix(api, "/organizations/:slug/"):
			a.authorization = "Bearer " + r.token
		case api == "/ticket":
			a.authorization = "Ticket " + r.ticket
		case strings.HasPrefix(api, "/door"):
			a.authorization = "Door " + r.door
		}
		if !want(a) {
			continue
		}
		got, _, err := r.get(a)
		if a.status = got.status; err != nil || a.status != http.StatusOK && a.status != http.StatusSeeOther {
			r.Errorf("GET %s, alone: %d, %v; name what its parameters stand for in nameAll", a.path, a.status, err)
			continue
		}
		all = append(all, a)
	}
	slices.SortFunc(all, func(a, b asked) int { return strings.Compare(a.route, b.route) })
	return all
}

func ofStaff(a asked) bool  { return strings.HasPrefix(a.authorization, "Bearer ") }
func ofPublic(a asked) bool { return !ofStaff(a) }

type got struct {
	status int
	body   []byte
}

// get gives the whole answer and how long it took.
func (r *rushed) get(a asked) (answer got, took time.Duration, err error) {
	began := clock.Start()
	request, err := http.NewRequestWithContext(r.T.Context(), http.MethodGet, r.url+a.path, http.NoBody)
	if err != nil {
		return got{}, 0, err
	}
	if a.authorization != "" {
		request.Header.Set("Authorization", a.authorization)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return got{}, began.Elapsed(), err
	}
	defer func() { _ = response.Body.Close() }()
	answer.status = response.StatusCode
	answer.body, err = io.ReadAll(response.Body)
	if answer.status == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" {
		err = errors.Join(err, errors.New("a 503 without Retry-After"))
	}
	return answer, began.Elapsed(), err
}

// tally is what a rush found.
type tally struct {
	mu                   sync.Mutex
	answers, unavailable int
	longest, ready       time.Duration
	wrong                []string
}

func (y *tally) note(a asked, status int, took time.Duration, err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.answers++
	switch {
	case err != nil:
		y.wrong = append(y.wrong, fmt.Sprintf("%s: %v", a.path, err))
	case status == http.StatusServiceUnavailable:
		y.unavailable++
	case status != a.status || took > answerWithin:
		y.wrong = append(y.wrong, fmt.Sprintf("%s: %d after %v", a.path, status, took))
	default:
		y.longest = max(y.longest, took)
	}
}

// What a client is promised.
const (
	answerWithin  = 2 * time.Second
	readyPatience = time.Second
	quiet         = 7 * time.Second // makes the directory stale
)

// storm has many clients ask for one address at the same moment after a quiet time, and one for
// /readyz.
func (r *rushed) storm(y *tally, a asked, clients int) {
	r.clock.Advance(quiet)
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			answer, took, err := r.get(a)
			y.note(a, answer.status, took, err)
		})
	}
	r.readyIn(y)
	group.Wait()
}

func (r *rushed) readyIn(y *tally) {
	answer, took, err := r.get(asked{path: "/readyz"})
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.ready = max(y.ready, took); err != nil || took > readyPatience {
		y.wrong = append(y.wrong, fmt.Sprintf("/readyz: %d after %v, %v", answer.status, took, err))
	}
}
