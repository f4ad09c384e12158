//go:build unix

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// measurement compares something of ours with a bare limit.
type measurement struct {
	name, what string
	take       func(ctx context.Context, l *lab) ([]line, error)
}

// line is one line of the table.
type line struct {
	name       string
	unit       string
	bare, ours float64
	ratio      float64 // median of the rounds, not of the figures beside it
	best       float64 // of the rounds
	wanted     float64 // 0: nothing in particular
	times      bool    // ratio as "× faster" instead of per cent
	p50, p99   time.Duration
	atMost     time.Duration // wanted of p99; 0: nothing in particular
	note       string
}

func (l line) below() bool {
	return l.wanted > 0 && l.ratio < l.wanted || l.atMost > 0 && l.p99 > l.atMost
}

// lab is what measurements work with.
type lab struct {
	*ground
	options
	seats      seats
	ours, bare *process
	most       float64           // MiB of ours under load
	flashes    int               // used up
	environ    map[string]string // of our server
	rooms      *roomGround       // made when first asked for
}

// maxMemory is what the server may hold under load, in MiB.
const maxMemory = 150

func measure(ctx context.Context, o options, out, diagnostics io.Writer) (err error) {
	g, err := newGround(ctx, "", map[string]string{"fsync": "on", "synchronous_commit": "on"})
	if err != nil {
		return err
	}
	l := &lab{ground: g, options: o}
	defer func() { err = errors.Join(err, l.end()) }()
	if l.seats, err = g.seed(ctx, o.rounds); err != nil {
		return err
	}
	if err := l.begin(ctx); err != nil {
		return err
	}
	var all []line
	for _, m := range measurements {
		if len(o.only) > 0 && !slices.Contains(o.only, m.name) {
			continue
		}
		fmt.Fprintf(diagnostics, "%s: %s\n", m.name, m.what)
		lines, err := m.take(ctx, l)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		all = append(all, lines...)
	}
	below := printTable(out, all, l.most)
	if o.strict && below > 0 {
		return fmt.Errorf("%d below what is wanted", below)
	}
	return nil
}

// begin starts the bare limits and our server, each in a process of its own.
func (l *lab) begin(ctx context.Context) error {
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	if l.bare, err = startSelf(
		ctx,
		"bare",
		servant{Listen: addr, DatabaseURL: l.server.AdminURL("bench")},
	); err != nil {
		return err
	}
	if addr, err = freeAddress(); err != nil {
		return err
	}
	settings := l.settings(addr)
	l.environ = settings
	if l.profile != "" {
		if err := os.MkdirAll(l.profile, 0o750); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
	}
	if l.profile != "" || l.inside {
		l.ours, err = startSelf(ctx, "serve", servant{Listen: addr, Environ: settings, Profile: l.profile})
	} else {
		l.ours, err = l.startServe(ctx, settings)
	}
	return err
}

func (l *lab) end() error {
	var failed error
	for _, p := range []*process{l.ours, l.bare} {
		if p != nil {
			failed = errors.Join(failed, p.stop())
		}
	}
	return errors.Join(failed, l.ground.close())
}

// load sends requests to our server and keeps the most memory seen.
func (l *lab) load(ctx context.Context, d load) (tally, error) {
	before := newMeter(l.ours.cmd.Process.Pid, l.server.PID())
	t, memory, err := send(ctx, l.ours, d)
	t.Spent.Server, t.Spent.Database = before.since()
	l.most = max(l.most, memory)
	return t, err
}

// side is one round of one side: how many a second, and how long they took where that is known.
type side func(ctx context.Context, round int) (float64, tally, error)

// compare alternates both sides and takes medians.
func (l *lab) compare(ctx context.Context, name, unit string, wanted float64, bare, ours side) (line, error) {
	var ratios, bares, mine []float64
	var tallies []tally
	for round := range l.rounds {
		b, _, err := bare(ctx, round)
		if err != nil {
			return line{}, fmt.Errorf("bare limit: %w", err)
		}
		o, t, err := ours(ctx, round)
		if err != nil {
			return line{}, err
		}
		ratios, bares, mine, tallies = append(ratios, o/b), append(bares, b), append(mine, o), append(tallies, t)
	}
	slices.SortFunc(tallies, func(a, b tally) int { return cmp.Compare(a.P99, b.P99) })
	middle := tallies[len(tallies)/2]
	return line{
		name:   name,
		unit:   unit,
		bare:   median(bares),
		ours:   median(mine),
		ratio:  median(ratios),
		best:   slices.Max(ratios),
		wanted: wanted,
		p50:    middle.P50,
		p99:    middle.P99,
		note:   middle.Spent.each(middle.count()),
	}, nil
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// bareHTTP and oursHTTP are sides that answer with one status.
func (l *lab) bareHTTP(requests [][]byte, clients, status int) side {
	return func(ctx context.Context, _ int) (float64, tally, error) {
		t, _, err := send(ctx, l.bare, load{Requests: requests, Clients: clients, For: l.each()})
		return t.rate(status), t, errors.Join(err, t.only(status))
	}
}

func (l *lab) oursHTTP(requests [][]byte, clients, status int) side {
	return func(ctx context.Context, _ int) (float64, tally, error) {
		t, err := l.load(ctx, load{Requests: requests, Clients: clients, For: l.each()})
		return t.rate(status), t, errors.Join(err, t.only(status))
	}
}

// inSQL is a side of bare statements, seats (or rows) of which each counts for so many.
func (l *lab) inSQL(s statement, seats float64) side {
	return func(ctx context.Context, _ int) (float64, tally, error) {
		r, err := l.rate(ctx, s, l.each())
		return r * seats, tally{}, err
	}
}

// warm asks so that connections are open, plans made and documents built before anything counts.
func (l *lab) warm(ctx context.Context, p *process, requests [][]byte, clients int) error {
	_, _, err := send(ctx, p, load{Requests: requests, Clients: clients, For: 500 * time.Millisecond})
	return err
}
