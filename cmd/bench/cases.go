//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// The wanted ratios are what the project promised itself; they hold on any machine where clients,
// server and database share the processors.
var measurements = []measurement{
	{"304", "a feed that has not changed, against hello", takeNotModified},
	{"feed", "the kept gzip of a feed of 1,000 events, against hello", takeFeed},
	{"edit", "a feed of 5,000 events after one edit, against golang-ical and gzip", takeEdit},
	{"spread", "seats of 1,000 events, 64 clients, against the bare statement", takeSpread},
	{"hot", "seats of one event, 64 clients, against GORM with FOR UPDATE and against the bare batch of 64", takeHot},
	{"soldout", "refusals of a full event, against a POST that looks at nothing", takeSoldOut},
	{"flash", "80 seats, 5,000 requests over 256 connections", takeFlash},
	{
		"rooms",
		"bookings among 1,000,000 in 2,000 rooms, 64 clients, against the bare exclusion insert; a storm on one slot;" +
			" which rooms are free",
		takeRooms,
	},
	{"list", "the JSON list of 50 events, against its bare query; searches", takeList},
}

const (
	clients     = 64
	rushClients = 256
	feedPath    = "/feeds/organizations/many.ics"
	acceptsGzip = "Accept-Encoding: gzip"
)

var hello = [][]byte{get("/hello")}

func takeNotModified(ctx context.Context, l *lab) ([]line, error) {
	tag, _, err := l.feedTag(ctx, feedPath)
	if err != nil {
		return nil, err
	}
	requests := [][]byte{get(feedPath, acceptsGzip, "If-None-Match: "+tag)}
	return one(l.warmCompare(ctx, "feed, 304", "/s", 0.85, hello, requests, http.StatusNotModified))
}

func takeFeed(ctx context.Context, l *lab) ([]line, error) {
	_, size, err := l.feedTag(ctx, feedPath)
	if err != nil {
		return nil, err
	}
	found, err := l.warmCompare(
		ctx,
		"feed of 1,000, kept gzip",
		"/s",
		0.45,
		hello,
		[][]byte{get(feedPath, acceptsGzip)},
		http.StatusOK,
	)
	found.note = fmt.Sprintf("%d kB each", size/1000)
	return one(found, err)
}

// warmCompare compares a request to the bare server with one to ours.
func (l *lab) warmCompare(
	ctx context.Context,
	name, unit string,
	wanted float64,
	bare, ours [][]byte,
	status int,
) (line, error) {
	bareStatus := http.StatusOK
	if status == http.StatusConflict {
		bareStatus = status
	}
	if err := errors.Join(l.warm(ctx, l.bare, bare, clients), l.warm(ctx, l.ours, ours, clients)); err != nil {
		return line{}, err
	}
	return l.compare(ctx, name, unit, wanted, l.bareHTTP(bare, clients, bareStatus), l.oursHTTP(ours, clients, status))
}

func one(found line, err error) ([]line, error) { return []line{found}, err }

// feedTag fetches a feed as a calendar would, and gives the tag and size of its gzip.
func (l *lab) feedTag(ctx context.Context, path string) (tag string, size int64, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+l.ours.addr+path, nil)
	if err != nil {
		return "", 0, fmt.Errorf("fetch feed: %w", err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", 0, fmt.Errorf("fetch feed: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	if size, err = io.Copy(io.Discard, answer.Body); err != nil {
		return "", 0, fmt.Errorf("fetch feed: %w", err)
	}
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Encoding") != "gzip" {
		return "", 0, fmt.Errorf(
			"fetch feed: status %d, encoding %q",
			answer.StatusCode,
			answer.Header.Get("Content-Encoding"),
		)
	}
	return answer.Header.Get("Etag"), size, nil
}

// taking is the request for one seat.
func taking(p place) []byte {
	return post("/api/v1/events/"+p.Event.String()+"/tickets", fmt.Sprintf(`{"quota_id":%q,"seats":1}`, p.Quota))
}

// takingBare is the same to the bare server.
func takingBare(path string, p place) [][]byte {
	return [][]byte{post(path, fmt.Sprintf(`{"quota_id":%q,"seats":1}`, p.Quota))}
}

func takeSpread(ctx context.Context, l *lab) ([]line, error) {
	var requests [][]byte
	for _, p := range l.seats.spread {
		requests = append(requests, taking(p))
	}
	if err := l.warm(ctx, l.ours, requests, clients); err != nil {
		return nil, err
	}
	bare := statement{sql: oneSeat, spread: manyEvents, clients: clients}
	return one(
		l.compare(
			ctx,
			"seats over 1,000 events",
			"/s",
			0.50,
			l.inSQL(bare, 1),
			l.oursHTTP(requests, clients, http.StatusCreated),
		),
	)
}

func takeHot(ctx context.Context, l *lab) ([]line, error) {
	ours, bare := [][]byte{taking(l.seats.hot)}, takingBare("/take", l.seats.hot)
	if err := errors.Join(l.warm(ctx, l.ours, ours, clients), l.warm(ctx, l.bare, bare, clients)); err != nil {
		return nil, err
	}
	seats := l.oursHTTP(ours, clients, http.StatusCreated)
	usual, err := l.compare(
		ctx,
		"seats of one event, to GORM FOR UPDATE",
		"/s",
		15,
		l.bareHTTP(bare, clients, http.StatusCreated),
		seats,
	)
	if err != nil {
		return nil, err
	}
	usual.times = true
	batch := l.inSQL(statement{sql: fmt.Sprintf(sixtyFourSeats, l.seats.hot.Quota), spread: 1, clients: 1}, 64)
	batches, err := l.compare(ctx, "seats of one event, to batches of 64", "/s", 0.40, batch, seats)
	if err != nil {
		return nil, err
	}
	rush, err := l.compare(
		ctx,
		"the same with 256 clients",
		"/s",
		0.40,
		batch,
		l.oursHTTP(ours, rushClients, http.StatusCreated),
	)
	return []line{usual, batches, rush}, err
}

func takeSoldOut(ctx context.Context, l *lab) ([]line, error) {
	return one(
		l.warmCompare(
			ctx,
			"sold out",
			"/s",
			0.90,
			takingBare("/refuse", l.seats.soldOut),
			[][]byte{taking(l.seats.soldOut)},
			http.StatusConflict,
		),
	)
}

func takeFlash(ctx context.Context, l *lab) ([]line, error) {
	const requests = 5000
	// One seat first, elsewhere, so that connections and plans are there as in a running service.
	if err := l.warm(ctx, l.ours, [][]byte{taking(l.seats.hot)}, clients); err != nil {
		return nil, err
	}
	var slowest []time.Duration
	rush := func(to *process, request func(p place) []byte, count string) side {
		return func(ctx context.Context, _ int) (float64, tally, error) {
			p := l.seats.flash[l.flashes]
			l.flashes++
			t, memory, err := send(ctx, to, load{Requests: [][]byte{request(p)}, Clients: rushClients, Count: requests})
			if to == l.ours {
				l.most = max(l.most, memory)
				slowest = append(slowest, t.Took)
			}
			if err = errors.Join(err, t.only(http.StatusCreated, http.StatusConflict)); err != nil {
				return 0, t, err
			}
			var rows int
			if err := l.admin.QueryRow(ctx, count, p.Quota).Scan(&rows); err != nil {
				return 0, t, fmt.Errorf("count tickets: %w", err)
			}
			if rows != flashSeats || t.Statuses[http.StatusCreated] != flashSeats {
				return 0, t, fmt.Errorf(
					"%d tickets and %d confirmations for %d seats",
					rows,
					t.Statuses[http.StatusCreated],
					flashSeats,
				)
			}
			return requests / t.Took.Seconds(), t, nil
		}
	}
	found, err := l.compare(
		ctx,
		"flash, 80 seats, 5,000 requests",
		"/s",
		0,
		rush(
			l.bare,
			func(p place) []byte { return takingBare("/take", p)[0] },
			"select count(*) from gorm_ticket where quota_id = $1",
		),
		rush(l.ours, taking, "select count(*) from ticket where quota_id = $1"),
	)
	if err != nil {
		return nil, err
	}
	// What the machine itself needs for such a crowd: p99 is an absolute figure, unlike the others.
	floor, _, err := send(
		ctx,
		l.bare,
		load{Requests: takingBare("/refuse", l.seats.flash[0]), Clients: rushClients, Count: requests},
	)
	if err != nil {
		return nil, err
	}
	found.times, found.atMost = true, 30*time.Millisecond
	found.note = fmt.Sprintf(
		"all in %.0f ms, exactly 80 tickets each time; bare is GORM FOR UPDATE; POSTs that look at nothing: all in "+
			"%.0f ms, p99 %s",
		requests/found.ours*1000,
		milliseconds(floor.Took),
		span(floor.P99),
	)
	return one(found, nil)
}

func takeList(ctx context.Context, l *lab) ([]line, error) {
	list := [][]byte{get("/api/v1/events?limit=50")}
	if err := l.warm(ctx, l.ours, list, 16); err != nil {
		return nil, err
	}
	bare := l.inSQL(statement{sql: fiftyEvents, spread: 1, clients: 16}, 1)
	lines := make([]line, 0, 4)
	for _, c := range []struct {
		name, path string
		wanted     float64
	}{
		{"list of 50 in JSON", "/api/v1/events?limit=50", 0.40},
		{"search, usual word", "/api/v1/events?limit=20&q=" + url.QueryEscape("居場所"), 0},
		{"search, two letters", "/api/v1/events?limit=20&q=" + url.QueryEscape("女子"), 0},
		{"search, nothing found", "/api/v1/events?limit=20&q=" + url.QueryEscape("どこにもない言葉"), 0},
	} {
		found, err := l.compare(ctx, c.name, "/s", c.wanted, bare, l.oursHTTP([][]byte{get(c.path)}, 16, http.StatusOK))
		if err != nil {
			return nil, err
		}
		lines = append(lines, found)
	}
	return lines, nil
}

// took gives how long fn takes.
func took(fn func() error) (time.Duration, error) {
	began := clock.Start()
	err := fn()
	return began.Elapsed(), err
}
