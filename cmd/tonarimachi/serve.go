package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"runtime/debug"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func serveCommand(t terminal) *cobra.Command {
	var withWorker, contactsLost bool
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve pages, API and feeds; any number of processes may",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			use := config.Serve
			if withWorker {
				use = config.Work
			}
			cfg, log, err := settings(use, t)
			if err != nil {
				return err
			}
			listener, err := listen(c.Context(), string(cfg.Listen))
			if err != nil {
				return busyPort(err, string(cfg.Listen), "TONARIMACHI_LISTEN=host:port")
			}
			defer func() { _ = listener.Close() }() // does nothing once it is served
			return untilStopped(c.Context(), serve(c.Context(), cfg, log, serving{listener: listener, worker: withWorker, contactsLost: contactsLost}))
		},
	}
	c.Flags().BoolVar(&withWorker, "with-worker", false, "run the worker's jobs too")
	lostFlag(c, &contactsLost)
	return c
}

// settings reads the environment and makes the logger.
func settings(use config.Use, t terminal) (config.Config, *slog.Logger, error) {
	cfg, err := config.FromEnvironment(use)
	if err != nil {
		return cfg, nil, err
	}
	log := cfg.Logger(t.err)
	slog.SetDefault(log)
	if len(cfg.Unknown) > 0 {
		log.Warn("settings that mean nothing to this version", "names", strings.Join(cfg.Unknown, ", "))
	}
	return cfg, log, nil
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", address)
}

// untilStopped takes for a clean end what happened because a signal asked for it.
func untilStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// serving is what serve is to do.
type serving struct {
	listener net.Listener
	worker   bool
	// contactsLost: see lostFlag.
	contactsLost bool
	// atHome: PostgreSQL runs beside us, in the same container.
	atHome bool
	// prepare, when not nil, works on the house before it is opened to the world; ready is called when it is.
	prepare func(ctx context.Context, h *house) error
	ready   func() error
}

func (s serving) memoryShare() int64 {
	if s.atHome {
		return shareAtHome
	}
	return shareAlone
}

// serve runs until ctx ends, then lets requests and jobs under way finish.
func serve(ctx context.Context, cfg config.Config, log *slog.Logger, s serving) error {
	collectLess()
	limitMemory(log, s.memoryShare())
	db, err := openDatabase(ctx, cfg, log, true, s.worker)
	if err != nil {
		return err
	}
	defer db.Close()
	h := build(cfg, log, db)
	defer h.close()
	defer context.AfterFunc(ctx, func() { h.stopping.Store(true) })()
	if err := h.guard.Beat(ctx); err != nil {
		return err
	}
	if s.prepare != nil {
		if err := s.prepare(ctx, h); err != nil {
			return err
		}
	}
	metrics := httpx.NewMetrics()
	countConnections(metrics, db)
	handler, err := h.handler(metrics)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	if s.worker {
		runner, err := newRunner(ctx, cfg, log, db, metrics, s.contactsLost)
		if err != nil {
			return err
		}
		g.Go(func() error { return runner.Run(ctx) })
	}
	g.Go(func() error {
		db.Listen(ctx, cfg.DatabaseURL.Reveal(), postgres.ChannelEvents, h.heard)
		return nil
	})
	g.Go(func() error {
		h.guard.Run(ctx)
		return nil
	})
	g.Go(func() error {
		h.tickets.KeepReady(ctx)
		return nil
	})
	serveMetrics(ctx, g, cfg, log, metrics)
	g.Go(func() error {
		server := httpx.Server{Handler: handler, Logger: log, Grace: max(time.Duration(cfg.ShutdownGrace), time.Millisecond), Context: postgres.Watched}
		if s.ready != nil {
			server.Ready = func(net.Addr) { g.Go(s.ready) }
		}
		log.Info("serving", "address", s.listener.Addr().String(), "base_url", string(cfg.BaseURL), "worker", s.worker)
		return server.Serve(ctx, s.listener)
	})
	return g.Wait()
}

// collectLess lets garbage pile up to twice what is in use: that is little here, since no body and no picture is large, and a rush would collect it dozens
// of times a second. Where memory is short, limitMemory has it collected earlier all the same. An operator's GOGC is obeyed.
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
			return busyPort(err, string(cfg.MetricsListen), "TONARIMACHI_METRICS_LISTEN=host:port")
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
