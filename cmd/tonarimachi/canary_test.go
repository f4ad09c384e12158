package main

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// aviary is the whole program on a database server that logs every statement, and what people leave
// on their way through it.
type aviary struct {
	t          *testing.T
	pool       *pgxpool.Pool
	dir        string
	program    *program
	base       string
	metrics    string
	event      testkit.Event
	canaries   map[string]string
	macs       map[string]string
	paperCodes []secret.Paper
	requests   int
	statuses   map[int]int
}

const (
	canaryNickname = "カナリア7f3a9c"
	canaryMail     = "canary7f3a9c@mail.example.jp"
	canaryAgent    = "CanaryAgent/7f3a9c"
	canaryPush     = "https://93.184.216.34/send/canary7f3a9c" // nothing is due that would be sent there
	canaryIP       = "203.0.113.231"
	canaryIP6      = "2001:db8:ca:fe::7a57"
)

func newAviary(t *testing.T) *aviary {
	t.Helper()
	a := &aviary{
		t:        t,
		dir:      t.TempDir(),
		statuses: map[int]int{},
		macs:     map[string]string{},
		canaries: map[string]string{
			"nickname":      canaryNickname,
			"mail":          canaryMail,
			"user agent":    canaryAgent,
			"push endpoint": canaryPush,
			"address":       canaryIP,
			"IPv6 address":  canaryIP6,
		},
	}
	server, err := embedded.Start(t.Context(), embedded.Options{Dir: a.dir, Settings: map[string]string{
		"log_statement":           "all",
		"log_duration":            "on",
		"log_min_messages":        "debug1",
		"log_min_error_statement": "debug1",
		"log_connections":         "on",
		"fsync":                   "off",
		"wal_level":               "logical",
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if err := errors.Join(server.Stop(ctx), embedded.Discard(ctx, a.dir)); err != nil {
			t.Error(err)
		}
	})
	ownerURL, loginURL, err := server.Prepare(t.Context(), "aviary")
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), ownerURL, embedded.LoginRole); err != nil {
		t.Fatal(err)
	}
	if a.pool, err = pgxpool.New(t.Context(), server.AdminURL("aviary")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.pool.Close)
	organization := testkit.NewOrganization(t, a.pool, "kita")
	a.event = testkit.NewEvent(
		t,
		a.pool,
		organization,
		testkit.EventOptions{
			Parts: []testkit.PartOptions{
				{Quotas: []testkit.QuotaOptions{{Capacity: 60}, {Channel: "online", Capacity: 1}}},
			},
		},
	)
	a.print(loginURL, organization, testkit.NewStaff(t, a.pool, organization, "publisher"))
	a.metrics = free(t)
	settings := serveSettings(loginURL)
	maps.Copy(settings, map[string]string{
		"TONARIMACHI_LISTEN": free(
			t,
		),
		"TONARIMACHI_METRICS_LISTEN":  a.metrics,
		"TONARIMACHI_LOG_LEVEL":       "debug",
		"TONARIMACHI_TRUSTED_PROXIES": "127.0.0.0/8",
		"TONARIMACHI_UNGUARDED":       "::/128",
		"TONARIMACHI_CONTACT_KEY": base64.StdEncoding.EncodeToString(
			bytes.Repeat([]byte("contact!"), 4),
		),
		"TONARIMACHI_CONTACT_DIR": filepath.Join(t.TempDir(), "keys"),
		"TONARIMACHI_SMTP_URL":    "file://" + t.TempDir(),
		"TONARIMACHI_MAIL_FROM":   "oshirase@example.jp",
	})
	a.base = "http://" + settings["TONARIMACHI_LISTEN"]
	a.program = start(t, settings, "serve", "--with-worker")
	a.program.await("serving")
	return a
}

func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// print makes codes on paper with the program's own key.
func (a *aviary) print(loginURL string, organization, publisher uuid.UUID) {
	a.t.Helper()
	keys, err := secret.ParseKeys(testKey)
	if err != nil {
		a.t.Fatal(err)
	}
	db := testkit.Open(a.t, postgres.Options{URL: loginURL, Staff: 1})
	issued, err := paper.NewService(
		db,
		keys,
		rand.Reader,
		nil,
	).Print(
		a.t.Context(),
		staff.Author{Organization: organization, Actor: postgres.StaffActor(publisher)},
		paper.Input{
			EventID:      a.event.ID,
			OccurrenceID: a.event.OccurrenceID,
			PartID:       a.event.Parts[0].ID,
			QuotaID:      a.event.Quota(),
			Codes:        4,
			SeatsEach:    1,
		},
	)
	if err != nil {
		a.t.Fatal(err)
	}
	a.paperCodes = issued.PlainCodes
	for i, code := range issued.PlainCodes {
		a.canaries[fmt.Sprint("paper code ", i+1)] = code.Reveal()
		a.canaries[fmt.Sprint("bare paper code ", i+1)] = strings.ReplaceAll(code.Reveal(), "-", "")
	}
}

// code is a participation code that must be found nowhere, nor its MAC in a log.
func (a *aviary) code() string {
	a.t.Helper()
	keys, err := secret.ParseKeys(testKey)
	if err != nil {
		a.t.Fatal(err)
	}
	s, err := secret.NewTicket(rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	n := len(a.macs) + 1
	a.canaries[fmt.Sprint("secret ", n)], a.canaries[fmt.Sprint("grouped secret ", n)] = s.Reveal(), s.Grouped()
	a.macs[fmt.Sprint("MAC ", n)] = hex.EncodeToString(keys.TicketMAC(s))
	return s.Reveal()
}

// send goes through the front door with everything that names a person.
func (a *aviary) send(method, path, authorization, contentType, body string) (status int, answer string) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), method, a.base+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	from := []string{canaryIP, canaryIP6}[a.requests%2]
	for name, value := range map[string]string{
		"User-Agent":      canaryAgent,
		"X-Forwarded-For": from,
		"X-Real-IP":       from,
		"Forwarded":       "for=" + from,
		"Referer":         "https://example.jp/" + canaryMail,
		"Cookie":          "who=" + canaryMail,
		"Authorization":   authorization, "Content-Type": contentType, "Accept-Language": "ja," + "x-canary7f3a9c",
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = w.Body.Close() }()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	a.requests++
	a.statuses[w.StatusCode]++
	return w.StatusCode, string(text)
}

func (a *aviary) post(path string, body map[string]any) int {
	a.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	status, _ := a.send(http.MethodPost, path, "", "application/json", string(raw))
	return status
}

func (a *aviary) page(path string, form url.Values) int {
	a.t.Helper()
	status, _ := a.send(http.MethodPost, path, "", "application/x-www-form-urlencoded", form.Encode())
	return status
}

// fly takes every way through the program, the wrong ones too.
func (a *aviary) fly() {
	a.t.Helper()
	take, quota := "/api/v1/events/"+a.event.ID.String()+"/tickets", a.event.Quota().String()
	want := func(what string, got, status int) {
		a.t.Helper()
		if got != status {
			a.t.Errorf("%s: %d, want %d", what, got, status)
		}
	}
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	mine, pushed, paged, refused := a.code(), a.code(), a.code(), a.code()
	want(
		"take",
		a.post(
			take,
			map[string]any{
				"quota_id": quota,
				"secret":   mine,
				"nickname": canaryNickname,
				"contact":  map[string]any{"mail": canaryMail},
			},
		),
		201,
	)
	want("again", a.post(take, map[string]any{"quota_id": quota, "secret": mine, "nickname": canaryNickname}), 201)
	want(
		"take with push",
		a.post(
			take,
			map[string]any{"quota_id": quota, "secret": pushed, "contact": map[string]any{"push": map[string]any{
				"endpoint": canaryPush,
				"p256dh":   b64(key.PublicKey().Bytes()),
				"auth":     b64(bytes.Repeat([]byte("a"), 16)),
			}}},
		),
		201,
	)
	want(
		"by page",
		a.page(
			"/events/"+a.event.ID.String()+"/tickets",
			url.Values{"secret": {paged}, "quota_id": {quota}, "nickname": {canaryNickname}},
		),
		201,
	)
	for _, wrong := range []map[string]any{
		{"quota_id": quota, "secret": mine, "nickname": canaryNickname, "seats": 2},
		{"quota_id": quota, "nickname": canaryNickname + strings.Repeat("長", 30)},
		{"quota_id": canaryMail, "secret": refused},
		{"quota_id": quota, "secret": refused + "X"},
		{canaryMail: canaryNickname, "quota_id": quota},
		{"quota_id": uuid.NewString(), "secret": refused, "contact": map[string]any{"mail": canaryMail + "@"}},
		{"quota_id": quota, "secret": refused, "proof": canaryPush},
	} {
		if status := a.post(take, wrong); status < 400 || status > 499 {
			a.t.Errorf("%v: %d", wrong, status)
		}
	}
	for range 14 { // until the guard asks
		a.post(take, map[string]any{"quota_id": quota, "secret": a.code(), "nickname": canaryNickname})
	}
	if a.statuses[403] == 0 {
		a.t.Error("the guard asked nobody")
	}
	want("look", statusOf(a.send(http.MethodGet, "/api/v1/ticket", "Ticket "+mine, "", "")), 200)
	want("page of the ticket", a.page("/t", url.Values{"secret": {paged}}), 200)
	a.send(http.MethodPut, "/api/v1/ticket/contact", "Ticket "+mine, "application/json", `{"mail":"`+canaryMail+`"}`)
	a.send(http.MethodPost, "/api/v1/ticket/day-code", "Ticket "+mine, "", "")
	a.send(http.MethodPost, "/api/v1/ticket/calendar", "Ticket "+mine, "", "")
	want("cancel by page", a.page("/t/cancel", url.Values{"secret": {paged}}), 200)
	want("rotate", statusOf(a.send(http.MethodPost, "/api/v1/ticket/rotate", "Ticket "+pushed, "", "")), 200)
	want(
		"paper",
		a.post(
			"/api/v1/paper/tickets",
			map[string]any{"paper_code": a.paperCodes[0].Reveal(), "secret": a.code(), "nickname": canaryNickname},
		),
		201,
	)
	want(
		"paper again",
		a.post("/api/v1/paper/tickets", map[string]any{"paper_code": a.paperCodes[0].Reveal(), "secret": a.code()}),
		409,
	)
	want("paper by page", a.page("/paper", url.Values{"paper_code": {a.paperCodes[1].Reveal()}}), 200)
	want(
		"paper taken by page",
		a.page(
			"/paper/tickets",
			url.Values{"paper_code": {a.paperCodes[1].Reveal()}, "secret": {a.code()}, "nickname": {canaryNickname}},
		),
		201,
	)
	for _, path := range []string{
		"/nowhere/" + url.PathEscape(canaryNickname),
		"/t?secret=" + mine,
		"/events?q=" + url.QueryEscape(canaryNickname+canaryMail),
		"/c/" + mine + ".ics",
		"/api/v1/events?q=" + canaryMail,
		"/api/v1/" + mine,
	} {
		a.send(http.MethodGet, path, "Ticket "+mine, "", "")
	}
	a.send(http.MethodPost, take, "", "application/json", `{"quota_id":"`+quota+`","nickname":"`+canaryNickname)
	a.send(http.MethodGet, "/api/v1/door", "Door "+mine, "", "")
	a.send(http.MethodGet, "/api/v1/organizations/kita/tokens", "Bearer tnm_kita_"+mine, "", "")
	// Now the database fails under them: a broken rule, then no table at all.
	a.exec(`alter table ticket add constraint broken check (nickname is null) not valid`)
	want(
		"a broken rule",
		a.page(
			"/paper/tickets",
			url.Values{"paper_code": {a.paperCodes[2].Reveal()}, "secret": {a.code()}, "nickname": {canaryNickname}},
		),
		500,
	)
	a.exec(`alter table ticket drop constraint broken; alter table ticket rename to elsewhere`)
	for _, s := range []int{
		a.post(take, map[string]any{"quota_id": quota, "nickname": canaryNickname}),
		a.post(take, map[string]any{"quota_id": quota, "secret": mine, "nickname": canaryNickname}),
		a.page("/t", url.Values{"secret": {mine}}),
		statusOf(a.send(http.MethodDelete, "/api/v1/ticket", "Ticket "+mine, "", "")),
		a.post(
			"/api/v1/paper/tickets",
			map[string]any{"paper_code": a.paperCodes[3].Reveal(), "secret": refused, "nickname": canaryNickname},
		),
	} {
		if s != 500 && s != 503 && s != 403 {
			a.t.Errorf("without its table: %d", s)
		}
	}
	a.exec(`alter table elsewhere rename to ticket`)
	if a.statuses[500]+a.statuses[503] < 3 {
		a.t.Errorf("too little went wrong: %v", a.statuses)
	}
	want("cancel", statusOf(a.send(http.MethodDelete, "/api/v1/ticket", "Ticket "+mine, "", "")), 200)
	a.program.await("task done")
}

func statusOf(status int, _ string) int { return status }

func (a *aviary) exec(statement string) {
	a.t.Helper()
	if _, err := a.pool.Exec(a.t.Context(), statement); err != nil {
		a.t.Fatal(err)
	}
}

// places are all that the program and its database leave behind.
func (a *aviary) places() map[string]string {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, "http://"+a.metrics+"/metrics", http.NoBody)
	if err != nil {
		a.t.Fatal(err)
	}
	w, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	metrics, err := io.ReadAll(w.Body)
	_ = w.Body.Close()
	if err != nil || !strings.Contains(string(metrics), "tonarimachi_notices_total") {
		a.t.Fatalf("metrics: %v", err)
	}
	serverLog, err := os.ReadFile(filepath.Join(a.dir, "postgres.log"))
	if err != nil || !strings.Contains(string(serverLog), "ticket_grant") {
		a.t.Fatalf("the server's log has no statement: %v", err)
	}
	found := map[string]string{
		"the program's log": a.program.output(),
		"metrics":           string(metrics),
		"the server's log":  string(serverLog),
		"statements under way": a.column(
			`select query from pg_stat_activity where application_name like 'tonarimachi%'`,
		),
	}
	if !strings.Contains(found["the program's log"], "request failed") {
		a.t.Error("the program logged no failure")
	}
	for _, table := range strings.Fields(a.column(
		`select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'm', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
	)) {
		found["table "+table] = a.column("select x::text from " + table + " x")
	}
	a.exec(`checkpoint`)
	a.column(`select pg_switch_wal()::text`)
	segments, err := filepath.Glob(filepath.Join(strings.TrimSpace(a.column(`show data_directory`)), "pg_wal", "0*"))
	if err != nil || len(segments) == 0 {
		a.t.Fatalf("no write-ahead log: %v", err)
	}
	var wal []byte
	for _, segment := range segments {
		text, err := os.ReadFile(segment)
		if err != nil {
			a.t.Fatal(err)
		}
		wal = append(wal, text...)
	}
	found["the write-ahead log"] = string(wal)
	return found
}

func (a *aviary) column(query string) string {
	a.t.Helper()
	rows, err := a.pool.Query(a.t.Context(), query)
	if err != nil {
		a.t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		a.t.Fatalf("%v in %s", err, query)
	}
	return strings.Join(lines, "\n")
}

// seen lists which canaries stand where, as they are or in hexadecimal, one line each.
func (a *aviary) seen(places map[string]string) (lines []string) {
	for place, text := range places {
		for name, canary := range a.canaries {
			if strings.Contains(text, canary) || strings.Contains(text, hex.EncodeToString([]byte(canary))) {
				lines = append(lines, name+" in "+place)
			}
		}
		if !strings.HasPrefix(place, "table ") &&
			place != "the write-ahead log" { // a MAC is what is stored of a secret
			for name, mac := range a.macs {
				if strings.Contains(text, mac) {
					lines = append(lines, name+" in "+place)
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// Nothing that names a person stands anywhere: no nickname, no address, no user agent, no secret,
// no mail address, no push endpoint, no code on paper.
func TestProofCanariesAreFoundNowhere(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	a.fly()
	places := a.places()
	seen := a.seen(places)
	for _, line := range seen {
		t.Error(line)
	}
	if a.column("select count(*)::text from ticket where nickname is not null") == "0" {
		t.Error("no nickname was kept: nothing could have been seen")
	}
	size := 0
	for _, text := range places {
		size += len(text)
	}
	testkit.Figure(
		t,
		"%d requests (%v by status), %d canaries, %d places, %d MB: %d seen",
		a.requests,
		a.statuses,
		len(a.canaries)+len(a.macs),
		len(places),
		size>>20,
		len(seen),
	)

	// The negative control: one of each planted, as a careless change would leave it.
	a.exec(`create table planted (note text)`)
	a.exec(`insert into planted values ('` + canaryAgent + ` ` + canaryMail + `')`)
	a.send(http.MethodGet, "/nowhere", "", "", "")
	places = a.places()
	places["the program's log"] += canaryIP + strings.Join(slices.Collect(maps.Values(a.macs)), " ")
	seen = a.seen(places)
	for _, line := range []string{
		"user agent in the server's log",
		"mail in the server's log",
		"user agent in table public.planted",
		"mail in table public.planted",
		"user agent in the write-ahead log",
		"mail in the write-ahead log", "address in the program's log", "MAC 1 in the program's log",
	} {
		if !slices.Contains(seen, line) {
			t.Errorf("planted and not found: %s", line)
		}
	}
}
