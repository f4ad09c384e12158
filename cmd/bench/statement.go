//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// statement is one SQL statement that is sent again and again; :n in it is a number from 1 to
// spread.
type statement struct {
	sql     string
	spread  int
	clients int
}

// The bare limits in SQL. A batch of 64 is what the best possible combiner would send to the tables
// of the usual way: the same rows, with the same keys.
var (
	oneSeat = `with u as (update bare_counter set taken = taken + 1 where n = :n and taken < capacity returning n) ` +
		`insert into bare_ticket (id, counter, seats) select gen_random_uuid(), n, 1 from u`
	sixtyFourSeats = `with u as (update gorm_counter set taken = taken + 64 where quota_id = '%s'
		and taken + 64 <= capacity returning quota_id) ` +
		`insert into gorm_ticket (id, quota_id, secret_mac, seats) ` +
		`select gen_random_uuid(), quota_id, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 1
			from u, generate_series(1, 64)`
	fiftyEvents = `select e.id, e.title, e.summary, e.description, e.kind, e.status, o.id, o.starts_at, o.ends_at,
		o.place_name, o.place_address ` +
		`from occurrence o join event e on e.id = o.event_id where o.listed and o.starts_at >= now()
			order by o.starts_at, o.id limit 50 offset :n - 1`
)

// pgbenchSecond is a line of --progress. Its total would count the time in which all clients
// connect, and each one's first statement, which reads the catalogue: of a short run with many
// clients hardly anything else is left.
var pgbenchSecond = regexp.MustCompile(`(?m)^progress: [0-9.]+ s, ([0-9.]+) tps`)

// rate gives statements a second, by pgbench where it is installed, else by connections of our own.
func (g *ground) rate(ctx context.Context, s statement, each time.Duration) (float64, error) {
	tool := findPgbench()
	if tool == "" {
		return g.loop(ctx, s, each)
	}
	script := filepath.Join(g.dir, "statement.sql")
	if err := os.WriteFile(
		script,
		[]byte(fmt.Sprintf("\\set n random(1, %d)\n%s;\n", s.spread, s.sql)),
		0o600,
	); err != nil {
		return 0, fmt.Errorf("write script: %w", err)
	}
	u, err := url.Parse(g.server.AdminURL("bench"))
	if err != nil {
		return 0, errors.New("parse administrator URL")
	}
	password, _ := u.User.Password()
	// The first three are for connecting.
	const warming = 3
	seconds := max(1, int(each.Seconds()+0.5))
	args := []string{
		"-n", "-M", "prepared",
		"-c", strconv.Itoa(s.clients),
		"-j", strconv.Itoa(min(s.clients, runtime.NumCPU())),
		"-T", strconv.Itoa(warming + seconds),
		"-P", "1",
		"-f", script,
		"-h", u.Hostname(),
		"-p", u.Port(),
		"-U", u.User.Username(),
		"bench",
	}
	cmd := exec.CommandContext(ctx, tool, args...) //nolint:gosec // PostgreSQL's own program
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password, "LC_ALL=C")
	words, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("run pgbench: %w: %s", err, strings.TrimSpace(string(words)))
	}
	lines := pgbenchSecond.FindAllSubmatch(words, -1)
	if len(lines) < seconds {
		return 0, fmt.Errorf("run pgbench: no rate in %q", words)
	}
	var sum float64
	for _, found := range lines[len(lines)-seconds:] {
		tps, err := strconv.ParseFloat(string(found[1]), 64)
		if err != nil {
			return 0, fmt.Errorf("run pgbench: %w", err)
		}
		sum += tps
	}
	return sum / float64(seconds), nil
}

func findPgbench() string {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	var all []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin/pgbench",
		"/usr/pgsql-*/bin/pgbench",
		"/opt/homebrew/opt/postgresql@*/bin/pgbench",
	} {
		found, _ := filepath.Glob(pattern) // the patterns are well-formed
		all = append(all, found...)
	}
	if len(all) == 0 {
		return ""
	}
	return slices.Max(all)
}

// loop is what pgbench does, through pgx.
func (g *ground) loop(ctx context.Context, s statement, each time.Duration) (float64, error) {
	config, err := pgxpool.ParseConfig(g.server.AdminURL("bench"))
	if err != nil {
		return 0, fmt.Errorf("parse administrator URL: %w", err)
	}
	config.MaxConns = int32(s.clients) //nolint:gosec // at most 64
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return 0, fmt.Errorf("connect: %w", err)
	}
	defer pool.Close()
	sql := strings.ReplaceAll(s.sql, ":n", "$1::integer")
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var group sync.WaitGroup
	began := clock.Start()
	for range s.clients {
		group.Go(func() {
			for began.Elapsed() < each && ctx.Err() == nil {
				if _, err := pool.Exec(ctx, sql, 1+rand.IntN(s.spread)); err != nil { //nolint:gosec // no secret
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	group.Wait()
	if err := failed.Load(); err != nil {
		return 0, fmt.Errorf("run statement: %w", *err)
	}
	return float64(done.Load()) / began.Elapsed().Seconds(), nil
}
