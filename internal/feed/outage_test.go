package feed_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/feed"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// outage takes every connection of the program away and lets it make no other.
func (b *bench) outage(on bool) {
	b.Helper()
	limit := "-1"
	if on {
		limit = "0"
	}
	var database string
	if err := b.pool.QueryRow(b.Context(), "select quote_ident(current_database())").Scan(&database); err != nil {
		b.Fatal(err)
	}
	for _, statement := range []string{
		"alter database " + database + " connection limit " + limit,
		"select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = current_database() and " +
			"application_name like 'tonarimachi tnm%'",
	} {
		if _, err := b.pool.Exec(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
}

// [O2] While the database is away kept feeds answer 200 with their age for ten minutes, all other
// calendars 503: never 404, on which clients delete what they have.
func TestOutageServesWhatIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	e := b.publish(seated("女子会", 7))
	code, _, err := b.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Occurrences[0].Parts[0].Quotas[0].ID, Seats: 1},
	)
	if err != nil {
		t.Fatal(err)
	}
	token, err := b.tickets.StartCalendar(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	room, err := secret.NewRoomCalendar(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	kept := []string{
		"/feeds/all.ics",
		"/feeds/organizations/kiyose.ics",
		"/feeds/partnerships/ux.ics",
		"/feeds/events/" + e.ID.String() + ".ics",
	}
	tags := map[string]string{}
	for _, path := range kept {
		r := get(t, b.server, "GET", path)
		if tags[path] = r.Header.Get("ETag"); r.StatusCode != http.StatusOK || r.Header["Age"] != nil {
			t.Fatalf("%s before: %d, Age %q", path, r.StatusCode, r.Header["Age"])
		}
	}
	serves := func(when, age string) {
		t.Helper()
		for _, path := range kept {
			r := get(t, b.server, "GET", path)
			if r.StatusCode != http.StatusOK || r.Header.Get("Age") != age || !strings.Contains(body(t, r), "女子会") {
				t.Errorf("%s %s: %d, Age %q", path, when, r.StatusCode, r.Header.Get("Age"))
			}
			if r := get(
				t,
				b.server,
				"GET",
				path,
				"If-None-Match",
				tags[path],
			); r.StatusCode != http.StatusNotModified ||
				r.Header.Get("Age") != age {
				t.Errorf("%s %s, unchanged: %d, Age %q", path, when, r.StatusCode, r.Header.Get("Age"))
			}
		}
	}
	refuses := func(when string, paths ...string) {
		t.Helper()
		for _, path := range paths {
			if r := get(
				t,
				b.server,
				"GET",
				path,
			); r.StatusCode != http.StatusServiceUnavailable ||
				r.Header.Get("Retry-After") == "" {
				t.Errorf("%s %s: %d, Retry-After %q", path, when, r.StatusCode, r.Header.Get("Retry-After"))
			}
		}
	}
	b.outage(true)
	b.clock.Advance(2 * time.Minute)
	serves("in the outage", "120")
	others := []string{
		"/feeds/kinds/joshikai.ics",
		"/feeds/organizations/bunkyo.ics",
		privatePath(token),
		"/r/" + room.Reveal() + ".ics",
	}
	refuses("in the outage", others...)
	b.clock.Advance(feed.KeptInOutage - time.Second)
	serves("just before the end", "719")
	b.clock.Advance(time.Second)
	refuses("after ten minutes", kept...)
	b.outage(false)
	serves("after the outage", "")
	for _, path := range others {
		if r := get(t, b.server, "GET", path); r.StatusCode != http.StatusOK {
			t.Errorf("%s after the outage: %d", path, r.StatusCode)
		}
	}
}

func seated(title string, days ...int) event.Input {
	in := gathering(title, days...)
	for i := range in.Occurrences {
		in.Occurrences[i].Parts = []event.PartInput{
			{Reservation: event.Seat, Quotas: []event.QuotaInput{{Channel: event.ChannelInPerson, Capacity: 10}}},
		}
	}
	return in
}

// slow are events that are given when they are let go.
type slow struct {
	feed.Events
	asked chan struct{}
	let   chan struct{}
}

func (s slow) Select(ctx context.Context, sel search.Selector) (search.Selection, error) {
	select {
	case s.asked <- struct{}{}:
	default:
	}
	select {
	case <-s.let:
	case <-ctx.Done():
		return search.Selection{}, ctx.Err()
	}
	return s.Events.Select(ctx, sel)
}

// [S23] While the database is silent a kept feed is served without waiting for it, and the first
// answer of the database ends that.
func TestSilenceServesWhatIsKept(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.publish(gathering("女子会", 7))
	const path, other = "/feeds/all.ics", "/feeds/organizations/kiyose.ics"
	for _, p := range []string{path, other} {
		if r := get(t, b.server, "GET", p); r.StatusCode != http.StatusOK {
			t.Fatal(r.StatusCode)
		}
	}
	s := slow{Events: b.feeds.Events, asked: make(chan struct{}, 1), let: make(chan struct{})}
	b.feeds.Events = s
	b.clock.Advance(2 * time.Minute)
	for _, p := range []string{path, path, other, path} { // the first waits a little, the next don't
		mark := clock.Start()
		r := get(t, b.server, "GET", p)
		if r.StatusCode != http.StatusOK || r.Header.Get("Age") != "120" {
			t.Errorf("%s: %d, Age %q", p, r.StatusCode, r.Header.Get("Age"))
		}
		if took := mark.Elapsed(); took > 10*time.Second {
			t.Errorf("%s waited %s", p, took)
		}
	}
	<-s.asked
	close(s.let)
	for limit := clock.Start(); ; {
		r := get(t, b.server, "GET", path)
		if r.Header["Age"] == nil && r.StatusCode == http.StatusOK {
			break
		}
		if limit.Elapsed() > time.Minute {
			t.Fatal("still served as it was")
		}
	}
}
