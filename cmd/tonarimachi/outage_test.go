package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// outages is one serve process on a database server of its own, which is ill in one way after the
// other, and clients that read all the while.
type outages struct {
	*chaos
	address string
	paths   []string
	mu      sync.Mutex
	bad     map[string]int // answers that must not be, by path and status
	answers [6]atomic.Int64
	slow    atomic.Int64 // nanoseconds of the slowest kept feed
}

// alter changes a setting of the running server.
func (o *outages) alter(statements ...string) {
	o.t.Helper()
	pool := o.pool()
	defer pool.Close()
	for _, s := range statements {
		if _, err := pool.Exec(o.t.Context(), s); err != nil {
			o.t.Fatal(err)
		}
	}
}

// signal reaches the server and each of its children.
func (o *outages) signal(s syscall.Signal) {
	o.t.Helper()
	server := o.database.PID()
	all := []int{server}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		o.t.Fatal(err)
	}
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(raw), ") ")
		fields := strings.Fields(rest)
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && len(fields) > 1 && fields[1] == strconv.Itoa(server) {
			all = append(all, pid)
		}
	}
	for _, pid := range all {
		_ = syscall.Kill(pid, s)
	}
}

// ask gives the status of one request; 0 for none.
func (o *outages) ask(path string) int {
	limit, cancel := context.WithTimeout(o.t.Context(), 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(limit, http.MethodGet, "http://"+o.address+path, nil)
	if err != nil {
		return 0
	}
	began := clock.Start()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	o.answers[answer.StatusCode/100].Add(1)
	wrong := answer.StatusCode != http.StatusOK && answer.StatusCode != http.StatusServiceUnavailable ||
		answer.StatusCode == http.StatusServiceUnavailable &&
			(answer.Header.Get("Retry-After") == "" || path == o.paths[0])
	if path == o.paths[0] { // it is kept
		o.slow.Store(max(o.slow.Load(), int64(began.Elapsed())))
	}
	if wrong {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.bad[fmt.Sprint(path, " ", answer.StatusCode)]++
	}
	return answer.StatusCode
}

// well waits until every path answers 200 and gives how long that took.
func (o *outages) well() time.Duration {
	o.t.Helper()
	began := clock.Start()
	for _, path := range o.paths {
		for o.ask(path) != http.StatusOK {
			if began.Elapsed() > time.Minute {
				o.t.Fatalf("%s does not come back", path)
			}
		}
	}
	return began.Elapsed()
}

// [O2] [O4] [O5] [S23] [O11] However the database is ill, what is kept is served and all else is
// 503, and all is well soon after.
func TestProofOutagesAreToldAs503(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("this reads /proc")
		return
	}
	t.Parallel()
	o := &outages{chaos: &chaos{t: t}, bad: map[string]int{}}
	o.dir, o.relay = t.TempDir(), newRelay(t)
	o.startDatabase()
	t.Cleanup(func() {
		_ = o.database.Stop(context.WithoutCancel(t.Context()))
		if err := embedded.Discard(context.WithoutCancel(t.Context()), o.dir); err != nil {
			t.Error(err)
		}
	})
	ownerURL, loginURL, err := o.database.Prepare(t.Context(), "chaos")
	if err != nil {
		t.Fatal(err)
	}
	if err := postgres.Migrate(t.Context(), ownerURL, embedded.LoginRole); err != nil {
		t.Fatal(err)
	}
	pool := o.pool()
	o.event = testkit.NewEvent(
		t,
		pool,
		testkit.NewOrganization(t, pool, "kita"),
		testkit.EventOptions{
			Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: chaosSeats, MaxSeats: 3}}}},
		},
	)
	pool.Close()
	login, err := url.Parse(loginURL)
	if err != nil {
		t.Fatal(err)
	}
	login.Host = o.relay.listener.Addr().String()
	p := start(t, serveSettings(login.String()), "serve")
	o.address = listening.FindString(p.await("serving"))
	id := o.event.ID.String()
	o.paths = []string{
		"/feeds/organizations/kita.ics",
		"/",
		"/events",
		"/events/" + id,
		"/organizations/kita",
		"/facilities",
		"/api/v1/events",
		"/api/v1/events/" + id,
		"/api/v1/organizations/kita",
		"/feeds/events/" + id + ".ics",
		"/api/v1/rooms",
	}
	o.well()
	hold := time.Duration(testkit.Size(2, 20)) * time.Second
	ctx, stop := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	for n := range 64 {
		clients.Go(func() {
			for pause := time.NewTicker(time.Duration(testkit.Size(
				100,
				20,
			)) * time.Millisecond); ctx.Err() == nil; n++ {
				o.ask(o.paths[n%len(o.paths)])
				<-pause.C
			}
		})
	}
	lasts := func() { <-time.After(hold) } // an outage has to last
	terminate := "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'tonarimachi%'"
	for _, ill := range []struct {
		name        string
		begin, ends func()
	}{
		{
			"killed",
			func() { o.signal(syscall.SIGKILL); <-o.database.Done(); _ = o.database.Stop(t.Context()) },
			o.startDatabase,
		},
		{"stopped", func() { o.signal(syscall.SIGSTOP) }, func() { o.signal(syscall.SIGCONT) }},
		{"read-only", func() { o.alter("alter database chaos set default_transaction_read_only = on", terminate) },
			func() {
				o.alter(
					"set default_transaction_read_only = off",
					"alter database chaos reset default_transaction_read_only",
					terminate,
				)
			}},
		{"out of connections", func() { o.alter("alter database chaos connection limit 0", terminate) },
			func() { o.alter("alter database chaos connection limit -1") }},
		{"in recovery", func() {
			pool, data := o.pool(), ""
			if err := pool.QueryRow(t.Context(), "show data_directory").Scan(&data); err != nil {
				t.Fatal(err)
			}
			pool.Close()
			if err := o.database.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(data, "standby.signal"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			o.startDatabase()
		}, func() { o.alter("select pg_promote()") }},
	} {
		ill.begin()
		lasts()
		ill.ends()
		took := o.well()
		// The other tests run beside this one when it is small.
		if took > time.Duration(testkit.Size(30, 3))*time.Second {
			t.Errorf("%s: all is well %s after it is back", ill.name, took)
		}
		testkit.Figure(t, "%s for %s: all well after %s", ill.name, hold, took.Round(time.Millisecond))
	}
	stop()
	clients.Wait()
	for what, n := range o.bad {
		t.Errorf("%d times %s", n, what)
	}
	perSecond, most := map[string]int{}, 0
	for line := range strings.Lines(p.output()) {
		if _, rest, ok := strings.Cut(
			line,
			`"time":"`,
		); ok && strings.Contains(line, "database_unavailable") &&
			len(rest) > 19 {
			perSecond[rest[:19]]++
		} else if rest, ok := strings.CutPrefix(
			line,
			"time=",
		); ok && strings.Contains(line, "database_unavailable") &&
			len(rest) > 19 {
			perSecond[rest[:19]]++
		}
	}
	for second, n := range perSecond {
		if most = max(most, n); n > 10 {
			t.Errorf("%d lines at %s", n, second)
		}
	}
	if len(perSecond) == 0 {
		t.Error("the log tells nothing of the outages")
	}
	testkit.Figure(
		t,
		"64 clients: %d answers 200, %d answers 503, others %d; a kept feed took %s at most; %d log lines a second "+
			"at most",
		o.answers[2].Load(),
		o.answers[5].Load(),
		o.answers[4].Load(),
		time.Duration(o.slow.Load()).Round(time.Millisecond),
		most,
	)
}
