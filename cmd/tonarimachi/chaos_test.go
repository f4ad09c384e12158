package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// chaos is three server processes on a database server of its own, all of which die now and then
// without a word, and a crowd that takes and gives back the seats of one event all the while.
// Nobody of the crowd gives up: whoever hears nothing asks again, elsewhere, with the same
// participation code.
type chaos struct {
	t        *testing.T
	dir      string
	durable  map[string]string // settings of the database server
	database *embedded.Server
	relay    *relay
	settings []map[string]string // of each server process
	programs []*program
	event    testkit.Event

	clients, operations int
	each                time.Duration // between two operations of one client
	killServer          time.Duration
	killDatabase        time.Duration

	begun, retries atomic.Int64
	died           atomic.Bool // servers of both kinds, and not just once
	kills, crashes int
}

const chaosSeats = 20

// relay is an address that stays while the database server behind it comes and goes on other ports.
type relay struct {
	listener net.Listener
	target   atomic.Pointer[string]
}

func newRelay(t *testing.T) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: listener}
	var group sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); group.Wait() })
	group.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			group.Go(func() { r.carry(from) })
		}
	})
	return r
}

func (r *relay) carry(from net.Conn) {
	defer func() { _ = from.Close() }()
	to, err := net.Dial("tcp", *r.target.Load())
	if err != nil {
		return
	}
	defer func() { _ = to.Close() }()
	var group sync.WaitGroup
	group.Go(func() { _, _ = io.Copy(to, from); _ = to.Close() })
	_, _ = io.Copy(from, to)
	_ = from.Close()
	group.Wait()
}

func (c *chaos) prepare() {
	c.t.Helper()
	c.dir = c.t.TempDir()
	c.relay = newRelay(c.t)
	c.startDatabase()
	c.t.Cleanup(func() {
		if err := errors.Join(
			c.database.Stop(context.WithoutCancel(c.t.Context())),
			embedded.Discard(context.WithoutCancel(c.t.Context()), c.dir),
		); err != nil {
			c.t.Error(err)
		}
	})
	ownerURL, loginURL, err := c.database.Prepare(c.t.Context(), "chaos")
	if err != nil {
		c.t.Fatal(err)
	}
	if err := postgres.Migrate(c.t.Context(), ownerURL, embedded.LoginRole); err != nil {
		c.t.Fatal(err)
	}
	pool := c.pool()
	c.event = testkit.NewEvent(
		c.t,
		pool,
		testkit.NewOrganization(c.t, pool, "kita"),
		testkit.EventOptions{
			Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: chaosSeats, MaxSeats: 3}}}},
		},
	)
	login, err := url.Parse(loginURL)
	if err != nil {
		c.t.Fatal(err)
	}
	login.Host = c.relay.listener.Addr().String()
	for range 3 {
		settings := serveSettings(login.String())
		settings["TONARIMACHI_LOG_LEVEL"] = "error"
		p := start(c.t, serveSettings(login.String()), "serve") // once, to get a port of its own
		settings["TONARIMACHI_LISTEN"] = listening.FindString(p.await("serving"))
		c.settings, c.programs = append(c.settings, settings), append(c.programs, p)
	}
}

func (c *chaos) startDatabase() {
	c.t.Helper()
	var err error
	if c.database, err = embedded.Start(c.t.Context(), embedded.Options{Dir: c.dir, Settings: c.durable}); err != nil {
		c.t.Fatal(err)
	}
	address := c.database.Addr()
	c.relay.target.Store(&address)
}

func (c *chaos) pool() *pgxpool.Pool {
	c.t.Helper()
	pool, err := pgxpool.New(c.t.Context(), c.database.AdminURL("chaos"))
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(pool.Close)
	return pool
}

// crashDatabase kills the database server as a whole and starts what it left.
func (c *chaos) crashDatabase() {
	c.t.Helper()
	if err := syscall.Kill(c.database.PID(), syscall.SIGKILL); err != nil {
		c.t.Fatal(err)
	}
	<-c.database.Done()
	_ = c.database.Stop(c.t.Context()) // gives the folder back; that the server died is what we wanted
	c.startDatabase()
	c.crashes++
}

func (c *chaos) crashServer(which int) {
	c.t.Helper()
	select {
	case <-c.programs[which].finished: // by itself, see revive
	default:
		c.programs[which].kill()
		c.kills++
	}
	c.programs[which] = start(c.t, c.settings[which], "serve")
}

// upright tells whether all servers are ready: on a slow machine the next to die waits until the
// last has come back.
func (c *chaos) upright() bool {
	for _, settings := range c.settings {
		limit, cancel := context.WithTimeout(c.t.Context(), 5*time.Second)
		r, err := http.NewRequestWithContext(
			limit,
			http.MethodGet,
			"http://"+settings["TONARIMACHI_LISTEN"]+"/readyz",
			nil,
		)
		if err != nil {
			c.t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		var ready httpx.Ready
		if err == nil {
			err = json.NewDecoder(answer.Body).Decode(&ready)
			_ = answer.Body.Close()
		}
		cancel()
		if err != nil || ready.Database != "up" { // 200 also says that kept calendars are served
			return false
		}
	}
	return true
}

// revive does what a supervisor does: a server that finds no database when it starts says so and
// ends.
func (c *chaos) revive() {
	for which, p := range c.programs {
		select {
		case <-p.finished:
			c.programs[which] = start(c.t, c.settings[which], "serve")
		default:
		}
	}
}

// known is what a client was told of one code.
type known struct {
	seats     int
	cancelled bool
}

// run lets the crowd loose and kills until it has done its operations. It gives what the crowd was
// told, by code.
func (c *chaos) run() map[string]known {
	c.t.Helper()
	told := make([]map[string]known, c.clients)
	var group sync.WaitGroup
	for n := range c.clients {
		group.Go(func() { told[n] = c.client(n) })
	}
	done := make(chan struct{})
	go func() { group.Wait(); close(done) }()
	servers, databases := time.NewTicker(c.killServer), time.NewTicker(c.killDatabase)
	defer servers.Stop()
	defer databases.Stop()
	supervisor := time.NewTicker(200 * time.Millisecond)
	defer supervisor.Stop()
	var server, database bool // whose turn it is to die, once all stand
	for victim := 0; ; {
		c.died.Store(c.kills > 1 && c.crashes > 0)
		select {
		case <-servers.C:
			server = true
		case <-databases.C:
			database = true
		case <-supervisor.C:
			c.revive()
			switch {
			case !server && !database || !c.upright():
			case database:
				c.crashDatabase()
				database = false
			default:
				c.crashServer(victim % len(c.programs))
				victim++
				server = false
			}
		case <-done:
			for ; !c.upright(); c.revive() {
				<-supervisor.C
			}
			all := map[string]known{}
			for _, mine := range told {
				for code, k := range mine {
					all[code] = k
				}
			}
			return all
		}
	}
}

// client takes and gives back until the crowd has done its operations.
func (c *chaos) client(n int) map[string]known {
	told := map[string]known{}
	var held []string
	pause := time.NewTicker(c.each)
	defer pause.Stop()
	for step := n; c.begun.Add(1) <= int64(c.operations) || !c.died.Load(); step++ {
		if len(held) > 0 && step%4 > 0 {
			code := held[0]
			if status := c.insist(
				step,
				http.MethodDelete,
				"/ticket",
				"Ticket "+code,
				"",
			); status != http.StatusOK &&
				status != http.StatusConflict {
				c.t.Errorf("giving seats back: %d", status)
			}
			told[code] = known{seats: told[code].seats, cancelled: true}
			held = held[1:]
		} else {
			code, seats := newCode(c.t), 1+step%3
			switch status := c.insist(step, http.MethodPost, "/events/"+c.event.ID.String()+"/tickets", "",
				fmt.Sprintf(`{"quota_id": %q, "seats": %d, "secret": %q}`, c.event.Quota(), seats, code)); status {
			case http.StatusCreated:
				told[code] = known{seats: seats}
				held = append(held, code)
				continue // mostly to give them back at once, so that others come to something
			case http.StatusConflict:
			default:
				c.t.Errorf("taking seats: %d", status)
			}
		}
		<-pause.C
	}
	return told
}

func newCode(t *testing.T) string {
	code, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Error(err)
	}
	return code.Reveal()
}

// insist asks one server after the other until one gives an answer that says something. Each client
// is at home in a network of its own.
func (c *chaos) insist(n int, method, path, authorization, body string) int {
	limit, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for attempt := 0; ; attempt++ {
		address := "http://" + c.settings[(n+attempt)%len(c.settings)]["TONARIMACHI_LISTEN"] + "/api/v1" + path
		status, _, err := send(c.t, method, address, authorization, body)
		var syntax *json.SyntaxError
		if (err == nil || errors.As(err, &syntax)) && status < http.StatusInternalServerError &&
			status != http.StatusTooManyRequests {
			return status
		}
		c.retries.Add(1)
		select {
		case <-limit.Done():
			c.t.Errorf("nobody answered for %s: %d %v", patience, status, err)
			return 0
		case <-again.C:
		}
	}
}

// violations compares what the crowd was told with what there is.
func (c *chaos) violations(told map[string]known) (problems []string) {
	c.t.Helper()
	report := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	pool := c.pool()
	var seats, rows, taken, all int
	if err := pool.QueryRow(c.t.Context(), `
		select coalesce(sum(t.seats) filter (where t.status = 'confirmed'), 0), count(*)
		  filter (where t.status = 'confirmed'), count(*),
		  (select taken from quota_counter where quota_id = $1)
		from ticket t where t.quota_id = $1`, c.event.Quota()).Scan(&seats, &rows, &all, &taken); err != nil {
		c.t.Fatal(err)
	}
	held, heldSeats, missing := 0, 0, 0
	for code, k := range told {
		if !k.cancelled {
			held++
			heldSeats += k.seats
		}
		want := map[bool]string{true: `"cancelled"`, false: `"confirmed"`}[k.cancelled]
		if status, body := call(
			c.t,
			http.MethodGet,
			"http://"+c.settings[0]["TONARIMACHI_LISTEN"]+"/api/v1/ticket",
			"Ticket "+code,
			nil,
		); status != http.StatusOK ||
			!strings.Contains(body, want) {
			missing++
		}
	}
	if missing > 0 {
		report("%d of %d acknowledged tickets are gone or otherwise", missing, len(told))
	}
	if seats > chaosSeats {
		report("%d seats stored, %d there", seats, chaosSeats)
	}
	if taken != seats {
		report("the counter says %d, the tickets %d: stranded", taken, seats)
	}
	if rows != held || seats != heldSeats {
		report("%d tickets of %d seats stored, %d of %d acknowledged", rows, seats, held, heldSeats)
	}
	if all != len(told) {
		report("%d tickets ever stored for %d codes that were acknowledged", all, len(told))
	}
	return problems
}

func TestProofNothingIsLostThoughEverythingDies(t *testing.T) {
	t.Parallel()
	c := &chaos{
		t:          t,
		clients:    testkit.Size(40, 500),
		operations: testkit.Size(400, 10_000),
		each:       time.Duration(testkit.Size(250, 4000)) * time.Millisecond,
		killServer: time.Duration(
			testkit.Size(1000, 5000),
		) * time.Millisecond,
		killDatabase: time.Duration(testkit.Size(3, 30)) * time.Second,
	}
	c.prepare()
	told := c.run()
	problems := c.violations(told)
	for _, problem := range problems {
		t.Error(problem)
	}
	testkit.Figure(
		t,
		"%d clients, %d takes and cancellations over %d seats, %d servers and %d database servers killed, %d "+
			"requests sent again, "+
			"%d tickets acknowledged; oversold, stranded, lost or doubled: %d",
		c.clients,
		c.begun.Load()-int64(c.clients),
		chaosSeats,
		c.kills,
		c.crashes,
		c.retries.Load(),
		len(told),
		len(problems),
	)
}

// A database server that confirms before its log is on disk loses what it confirmed; the proof must
// see that.
func TestTheProofSeesLostTickets(t *testing.T) {
	t.Parallel()
	c := &chaos{
		t: t,
		durable: map[string]string{
			"synchronous_commit":     "off",
			"wal_writer_delay":       "10s",
			"wal_writer_flush_after": "1GB",
		},
	}
	c.prepare()
	told := map[string]known{}
	for n := range 10 {
		code := newCode(t)
		if status := c.insist(
			n,
			http.MethodPost,
			"/events/"+c.event.ID.String()+"/tickets",
			"",
			fmt.Sprintf(
				`{"quota_id": %q, "seats": 1, "secret": %q}`,
				c.event.Quota(),
				code,
			),
		); status == http.StatusCreated {
			told[code] = known{seats: 1}
		}
	}
	c.crashDatabase()
	problems := c.violations(told)
	if !slices.ContainsFunc(
		problems,
		func(p string) bool { return strings.Contains(p, "acknowledged tickets are gone") },
	) {
		t.Errorf("a server that forgets what it confirmed passes: %d acknowledged, %v", len(told), problems)
	}
	t.Log(problems)
}
