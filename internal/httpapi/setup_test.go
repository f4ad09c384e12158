package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/facilitylist"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/idempotency"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// bundle is one test's program: two municipalities with an administrator each, and the other roles
// in Toshima.
type bundle struct {
	*testkit.Bundle
	clock                    *clock.Fake
	echo                     *echo.Echo
	options                  Options
	staff                    *staff.Service
	operator                 *staff.Service
	log                      *syncBuffer
	db                       *postgres.DB
	answers                  *report.Collector
	toshima, bunkyo          organization.Ref
	admin, publisher, editor string // bearer tokens of Toshima
	foreign                  string // Bunkyo's administrator
	adminID                  uuid.UUID
	checks                   map[string]*contract.Operation // by operation id
	mu                       sync.Mutex
	done                     map[string]bool // operations that answered 2xx
}

func setup(t testing.TB) *bundle {
	t.Helper()
	b := &bundle{
		Bundle: testkit.Database(t), clock: clock.NewFake(clock.Today(clock.System()).At(10, 0)), log: &syncBuffer{},
		checks: map[string]*contract.Operation{}, done: map[string]bool{},
	}
	db := testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 6, Staff: 6, Worker: 1, Clock: b.clock})
	b.db = db
	owner := testkit.Open(t, postgres.Options{URL: b.OwnerURL, Operator: 2, Clock: b.clock})
	keys, err := secret.NewKeys([]byte("the one key of the tests of httpapi"))
	if err != nil {
		t.Fatal(err)
	}
	directory := organization.NewDirectory(db)
	organizations := organization.NewService(db, directory)
	operator := organization.NewService(owner, directory)
	refs, err := operator.Establish(t.Context(), []organization.Input{
		{Kind: organization.Municipality, Slug: "toshima", Code: "131164", Name: "豊島区"},
		{Kind: organization.Municipality, Slug: "bunkyo", Code: "131059", Name: "文京区"},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.toshima, b.bunkyo = refs[0], refs[1]
	if _, err := operator.EstablishPartnership(
		t.Context(),
		organization.PartnershipInput{Slug: "ux", Name: "広域連携", Members: []string{"toshima", "bunkyo"}},
	); err != nil {
		t.Fatal(err)
	}
	b.staff = staff.NewService(db, directory, keys, rand.Reader)
	b.operator = staff.NewService(owner, organization.NewDirectory(owner), keys, rand.Reader)
	b.admin, b.adminID = b.member(t, b.toshima, "admin@toshima.example.jp", staff.Admin)
	b.publisher, _ = b.member(t, b.toshima, "publisher@toshima.example.jp", staff.Publisher)
	b.editor, _ = b.member(t, b.toshima, "editor@toshima.example.jp", staff.Editor)
	b.foreign, _ = b.member(t, b.bunkyo, "admin@bunkyo.example.jp", staff.Admin)

	logger := slog.New(slog.NewJSONHandler(b.log, nil))
	tickets := ticket.New(db, keys, rand.Reader, logger)
	t.Cleanup(tickets.Close)
	b.answers = report.Collect(db, logger)
	t.Cleanup(b.answers.Close)
	tickets.CountAnswers(b.answers)
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		t.Fatal(err)
	}
	limits, err := BodyLimits()
	if err != nil {
		t.Fatal(err)
	}
	b.echo = httpx.New(httpx.Options{Messages: messages, Logger: logger, BodyLimits: limits})
	rooms := board.NewService(db, directory, keys, rand.Reader)
	bookings := booking.NewService(db, directory, rooms)
	b.options = Options{
		Events:        event.NewService(db, directory, nil),
		Search:        search.NewService(db, directory),
		Tickets:       tickets,
		Contacts:      contact.NewService(db, keys, names{}),
		Door:          door.NewService(db, keys, rand.Reader),
		Paper:         paper.NewService(db, keys, rand.Reader, tickets),
		Reports:       report.NewService(db, directory),
		Venues:        venue.NewService(db, directory),
		Bookings:      bookings,
		Board:         rooms,
		Rounds:        round.NewService(db, directory, rooms, bookings, rand.Reader),
		Organizations: organizations,
		Staff:         b.staff,
		Ledger:        audit.NewLedger(db, keys),
		Idempotency:   idempotency.NewLedger(db),
		Keys:          keys,
		Words:         messages.Localizer(i18n.Japanese),
		Messages:      messages,
		Clock:         b.clock,
		BaseURL:       "https://tonarimachi.example.jp/",
	}
	b.options.FacilityLists = facilitylist.New(b.options.Venues.(*venue.Service), b.options.Words, b.options.BaseURL)
	if err := Register(b.echo, b.options); err != nil {
		t.Fatal(err)
	}
	for _, o := range contractOperations(t) {
		b.checks[o.ID] = o
	}
	return b
}

func (b *bundle) member(t testing.TB, org organization.Ref, email string, role staff.Role) (string, uuid.UUID) {
	t.Helper()
	m, err := b.operator.AddOperator(t.Context(), org.ID, email, "担当", role, "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	return b.token(t, m, 24*time.Hour), m.ID
}

func (b *bundle) token(t testing.TB, m staff.Member, lives time.Duration) string {
	t.Helper()
	issued, err := b.operator.IssueTokenOperator(t.Context(), m.OrganizationID, m.ID, "試験", b.clock.Now().Add(lives))
	if err != nil {
		t.Fatal(err)
	}
	return issued.Secret.Reveal()
}

// contractOperations gives every operation of the contract. It is read once: checking it takes as
// long as many tests.
func contractOperations(t testing.TB) map[string]*contract.Operation {
	t.Helper()
	all, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var readContract = sync.OnceValues(func() (map[string]*contract.Operation, error) {
	s, err := contract.ReadSpec()
	if err != nil {
		return nil, err
	}
	if err := s.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("the contract is not valid: %w", err)
	}
	return contract.Operations()
})

// req is one request to an operation.
type req struct {
	operation string
	path      map[string]string // slug is toshima where it is left out
	query     string
	auth      string // Authorization
	body      any    // []byte as it is, anything else as JSON, nil for none
	header    map[string]string
}

// resp is what came back.
type resp struct {
	*http.Response
	raw  []byte
	code string // of a problem
}

func bearer(token string) string { return "Bearer " + token }

// do sends a request and holds the answer against the contract.
func (b *bundle) do(t testing.TB, q req) resp {
	t.Helper()
	o := b.checks[q.operation]
	if o == nil {
		t.Fatalf("no operation %q", q.operation)
	}
	path := o.Route.Path
	params := map[string]string{}
	for _, name := range o.Names {
		value := q.path[name]
		if name == "slug" && value == "" {
			value = "toshima"
		}
		if name == "year" && value == "" {
			value = "2026"
		}
		if value == "" {
			value = uuid.NewString()
		}
		params[name] = value
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	raw := b.send(t, o.Route.Method, contract.Base+path+q.query, q)
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{
			Request:    raw.Request,
			PathParams: params,
			Route:      o.Route,
			Options:    contract.Options,
		},
		Status: raw.StatusCode,
		Header: raw.Header,
		Options: &openapi3filter.Options{
			IncludeResponseStatus:   true,
			MultiError:              true,
			SchemaValidationOptions: contract.SchemaOptions,
		},
	}
	input.SetBodyBytes(raw.raw)
	if err := openapi3filter.ValidateResponse(t.Context(), input); err != nil {
		t.Errorf("%s answers %d %s, which the contract does not allow: %v", q.operation, raw.StatusCode, raw.raw, err)
	}
	if strings.HasPrefix(raw.Header.Get(echo.HeaderCacheControl), "public") {
		b.checkCaching(t, contract.Base+path+q.query, q, raw)
	}
	if raw.StatusCode < 300 {
		b.mu.Lock()
		b.done[q.operation] = true
		b.mu.Unlock()
	}
	return raw
}

// checkCaching holds a public answer against the headers that caches read: what has not changed is
// 304 [S18], and what reads otherwise in another language says so [S15].
func (b *bundle) checkCaching(t testing.TB, target string, q req, first resp) {
	t.Helper()
	ask := func(name, value string) resp {
		again := q
		again.header = maps.Clone(q.header)
		if again.header == nil {
			again.header = map[string]string{}
		}
		again.header[name] = value
		return b.send(t, http.MethodGet, target, again)
	}
	etag := first.Header.Get("ETag")
	if kept := ask("If-None-Match", etag); kept.StatusCode != http.StatusNotModified ||
		kept.Header.Get("Vary") != first.Header.Get("Vary") {
		t.Errorf("%s: %d %v after ETag %s", q.operation, kept.StatusCode, kept.Header, etag)
	}
	for _, language := range []string{"en", "ja-x-easy"} {
		other := ask("Accept-Language", language)
		if varies := strings.Contains(first.Header.Get("Vary"), "Accept-Language"); !varies &&
			!bytes.Equal(other.raw, first.raw) {
			t.Errorf("%s reads otherwise in %s, Vary is %q", q.operation, language, first.Header.Get("Vary"))
		}
	}
}

func (b *bundle) send(t testing.TB, method, target string, q req) resp {
	t.Helper()
	var reader io.Reader = http.NoBody
	switch body := q.body.(type) {
	case nil:
	case []byte:
		reader = bytes.NewReader(body)
	default:
		raw, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, reader)
	if q.body != nil {
		r.Header.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	}
	if q.auth != "" {
		r.Header.Set(echo.HeaderAuthorization, q.auth)
	}
	for name, value := range q.header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	b.echo.ServeHTTP(w, r)
	out := resp{Response: w.Result(), raw: w.Body.Bytes()}
	out.Request = r
	if out.Header.Get(echo.HeaderContentType) == httpx.ProblemType {
		var p httpx.Problem
		if err := json.Unmarshal(out.raw, &p); err != nil {
			t.Fatalf("read problem: %v", err)
		}
		out.code = p.Code
		if p.Status != out.StatusCode || p.Type != "/problems/"+p.Code || p.Title == "" || p.Detail == "" {
			t.Errorf("problem %+v of a %d is incomplete", p, out.StatusCode)
		}
	}
	return out
}

// must is do for what has to succeed with a status; the answer is read into a T.
func must[T any](t testing.TB, b *bundle, status int, q req) T {
	t.Helper()
	r := b.do(t, q)
	var out T
	if r.StatusCode != status {
		t.Fatalf("%s: %d %s, want %d", q.operation, r.StatusCode, r.raw, status)
	}
	if len(r.raw) > 0 {
		if err := json.Unmarshal(r.raw, &out); err != nil {
			t.Fatalf("%s: %v", q.operation, err)
		}
	}
	return out
}

// rows counts all that requests may store.
func (b *bundle) rows(t testing.TB) (n int) {
	t.Helper()
	for _, table := range []string{
		"organization",
		"api_token",
		"event",
		"event_organiser",
		"occurrence",
		"part",
		"quota",
		"quota_counter",
		"booth",
		"joining_link",
		"series",
		"series_month",
		"ticket",
		"audit_entry",
		"idempotency_key",
		"door_link",
		"door_counter",
		"door_tap",
		"door_arrival",
		"facility",
		"space",
		"room",
		"room_space",
		"closure",
		"local_holiday",
		"photo",
		"ticket_contact",
		"notice",
		"slot_rule",
		"slot",
		"slot_booth",
		"ticket_slot",
	} {
		var one int
		if err := b.Pool(t).QueryRow(t.Context(), "select count(*) from "+table).Scan(&one); err != nil {
			t.Fatal(err)
		}
		n += one
	}
	return n
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.b.Len() > 1<<20 {
		return len(p), nil // a benchmark's log is nobody's to read
	}
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
