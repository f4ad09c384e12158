//go:build unix

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/feed"
	"github.com/tonarimachi/tonarimachi/internal/httpapi"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/idempotency"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/web"
)

// startServe builds the program and starts `serve` with settings as an operator has them; only
// failures are logged, as a client that measures would otherwise measure the writing of a log.
func (g *ground) startServe(ctx context.Context, settings map[string]string) (*process, error) {
	program := filepath.Join(g.dir, "tonarimachi")
	const source = "github.com/tonarimachi/tonarimachi/cmd/tonarimachi"
	build := exec.CommandContext(ctx, "go", "build", "-o", program, source) //nolint:gosec // our own
	if words, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build the program: %w: %s", err, strings.TrimSpace(string(words)))
	}
	cmd := exec.Command(program, "serve") //nolint:gosec,noctx // our own; ended by stop
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, config.Prefix) {
			cmd.Env = append(cmd.Env, line)
		}
	}
	for name, value := range settings {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return start(ctx, cmd, settings[config.Prefix+"LISTEN"], nil)
}

// settings are those of a server beside the database, with the usual pools.
func (g *ground) settings(listen string) map[string]string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return map[string]string{
		config.Prefix + "DATABASE_URL": g.loginURL,
		config.Prefix + "LISTEN":       listen,
		config.Prefix + "BASE_URL":     "http://" + listen,
		config.Prefix + "SECRET_KEY":   fmt.Sprintf("%x", key),
		config.Prefix + "LOG_LEVEL":    "error",
	}
}

// runServe is `serve` inside this program, for profiles: the handlers measured, put together
// as cmd does.
func runServe(ctx context.Context, s servant) (err error) {
	lines := make([]string, 0, len(s.Environ))
	for name := range maps.Keys(s.Environ) {
		lines = append(lines, name+"="+s.Environ[name])
	}
	settings, err := config.Load(lines)
	if err != nil {
		return err
	}
	if s.Profile != "" {
		out, err := os.Create(filepath.Join(s.Profile, "cpu.pprof"))
		if err != nil {
			return fmt.Errorf("write profile: %w", err)
		}
		defer func() { pprof.StopCPUProfile(); _ = out.Close() }()
		if err := pprof.StartCPUProfile(out); err != nil {
			return fmt.Errorf("write profile: %w", err)
		}
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: settings.LogLevel}))
	db, err := postgres.Open(ctx, postgres.Options{
		URL:    settings.DatabaseURL.Reveal(),
		Public: int32(settings.PoolPublic),
		Staff:  int32(settings.PoolStaff),
		Logger: log,
	})
	if err != nil {
		return err
	}
	defer db.Close()
	messages, err := i18n.Load(web.Messages)
	if err != nil {
		return err
	}
	directory := organization.NewDirectory(db)
	var feeds *feed.Feeds
	events := event.NewService(db, directory, func() { feeds.Changed() })
	lists := search.NewService(db, directory)
	feeds = feed.New(feed.Options{
		Events:  lists,
		Words:   messages.Localizer(i18n.Japanese),
		BaseURL: string(settings.BaseURL),
		Clock:   clock.System(),
		Logger:  log,
	})
	go db.Listen(ctx, settings.DatabaseURL.Reveal(), postgres.ChannelEvents, feeds.Changed)
	tickets := ticket.New(db, settings.Keys, rand.Reader, log)
	defer tickets.Close()
	rooms := board.NewService(db, directory, settings.Keys, rand.Reader)
	e := httpx.New(httpx.Options{Messages: messages, Logger: log, Metrics: httpx.NewMetrics()})
	feeds.Routes(e)
	err = httpapi.Register(e, httpapi.Options{
		Events:        events,
		Search:        lists,
		Tickets:       tickets,
		Organizations: organization.NewService(db, directory),
		Staff:         staff.NewService(db, directory, settings.Keys, rand.Reader),
		Bookings:      booking.NewService(db, directory, rooms),
		Board:         rooms,
		Messages:      messages,
		Ledger: audit.NewLedger(
			db,
			settings.Keys,
		),
		Idempotency: idempotency.NewLedger(db),
		Keys:        settings.Keys,
		Clock:       clock.System(),
		BaseURL:     string(settings.BaseURL),
	})
	if err != nil {
		return err
	}
	if err := httpx.Run(ctx, e, string(settings.Listen)); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
