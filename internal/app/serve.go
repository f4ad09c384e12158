package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Serving is what Serve is to do.
type Serving struct {
	Listener net.Listener
	Worker   bool // the worker's jobs too
	// ContactsLost is the operator's word that the contact key store is gone for good.
	ContactsLost bool
	// BesidePostgres says that PostgreSQL runs in the same container and needs its share of memory.
	BesidePostgres bool
	// Prepare, when not nil, works on the services before anybody is served; Ready is called when
	// requests are answered.
	Prepare func(ctx context.Context, a *App) error
	Ready   func() error
}

func (s Serving) memoryShare() int64 {
	if s.BesidePostgres {
		return shareBesidePostgres
	}
	return shareAlone
}

// Serve runs until ctx ends, then lets requests and jobs under way finish.
func Serve(ctx context.Context, cfg config.Config, log *slog.Logger, s Serving) error {
	collectLess()
	limitMemory(log, s.memoryShare())
	db, err := OpenDatabase(ctx, cfg, log, true, s.Worker)
	if err != nil {
		return err
	}
	defer db.Close()
	a := New(cfg, log, db)
	defer a.Close()
	defer context.AfterFunc(ctx, func() { a.stopping.Store(true) })()
	if err := a.Admission.Beat(ctx); err != nil {
		return err
	}
	if s.Prepare != nil {
		if err := s.Prepare(ctx, a); err != nil {
			return err
		}
	}
	metrics := httpx.NewMetrics()
	countConnections(metrics, db)
	handler, err := a.Handler(metrics)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	if s.Worker {
		runner, err := newRunner(ctx, cfg, log, db, metrics, s.ContactsLost)
		if err != nil {
			return err
		}
		g.Go(func() error { return runner.Run(ctx) })
	}
	g.Go(func() error {
		db.Listen(ctx, cfg.DatabaseURL.Reveal(), postgres.ChannelEvents, a.eventChanged)
		return nil
	})
	g.Go(func() error {
		a.Admission.Run(ctx)
		return nil
	})
	g.Go(func() error {
		a.Tickets.KeepReady(ctx)
		return nil
	})
	serveMetrics(ctx, g, cfg, log, metrics)
	g.Go(func() error {
		server := httpx.Server{
			Handler: handler,
			Logger:  log,
			Grace:   max(time.Duration(cfg.ShutdownGrace), time.Millisecond),
			Context: postgres.Watched,
		}
		if s.Ready != nil {
			server.Ready = func(net.Addr) { g.Go(s.Ready) }
		}
		log.Info("serving", "address", s.Listener.Addr().String(), "base_url", string(cfg.BaseURL), "worker", s.Worker)
		return server.Serve(ctx, s.Listener)
	})
	return g.Wait()
}

// collectLess lets garbage pile up to twice what is in use: that is little here, since no body and
// no picture is large, and a rush would collect it dozens of times a second. Where memory is short,
// limitMemory has it collected earlier all the same. An operator's GOGC is obeyed.
func collectLess() {
	const usual, ours = 100, 200
	if asked := debug.SetGCPercent(ours); asked != usual {
		debug.SetGCPercent(asked)
	}
}

// serveMetrics keeps them off the public address; no address, no metrics.
func serveMetrics(ctx context.Context, g *errgroup.Group, cfg config.Config, log *slog.Logger, metrics *httpx.Metrics) {
	if cfg.MetricsListen == "" {
		return
	}
	g.Go(func() error {
		if err := metrics.Run(ctx, string(cfg.MetricsListen), log); err != nil {
			return PortFault(err, string(cfg.MetricsListen), "TONARIMACHI_METRICS_LISTEN=host:port")
		}
		return nil
	})
}

func countConnections(metrics *httpx.Metrics, db *postgres.DB) {
	for _, role := range []postgres.Role{postgres.RolePublic, postgres.RoleStaff, postgres.RoleWorker} {
		name := strings.TrimPrefix(string(role), "tnm_")
		for gauge, value := range map[string]func() float64{
			"in_use": func() float64 { n, _ := db.Stat(role); return float64(n) },
			"limit":  func() float64 { _, n := db.Stat(role); return float64(n) },
		} {
			metrics.Registerer().MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
				Name: "tonarimachi_database_connections_" + gauge, Help: "Database connections by role of the program.",
				ConstLabels: prometheus.Labels{"role": name},
			}, value))
		}
	}
}

// Work runs the jobs until ctx ends.
func Work(ctx context.Context, cfg config.Config, log *slog.Logger, contactsLost bool) error {
	limitMemory(log, shareAlone)
	db, err := OpenDatabase(ctx, cfg, log, false, true)
	if err != nil {
		return err
	}
	defer db.Close()
	metrics := httpx.NewMetrics()
	countConnections(metrics, db)
	runner, err := newRunner(ctx, cfg, log, db, metrics, contactsLost)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	serveMetrics(ctx, g, cfg, log, metrics)
	g.Go(func() error {
		log.Info("working")
		return runner.Run(ctx)
	})
	return g.Wait()
}

// PortFault words that an address can't be listened on; change says how to choose another.
func PortFault(err error, address, change string) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf(
			"%s is in use by another program: stop that one, or choose another address with %s",
			address,
			change,
		)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf(
			"%s may not be listened on by this account: choose a port from 1024 on with %s",
			address,
			change,
		)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("%s is no address of this machine: choose another with %s", address, change)
	}
	return fmt.Errorf("listen on %s: %w", address, err)
}
