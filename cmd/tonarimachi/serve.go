package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tonarimachi/tonarimachi/internal/app"
	"github.com/tonarimachi/tonarimachi/internal/config"
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
				return app.PortFault(err, string(cfg.Listen), "TONARIMACHI_LISTEN=host:port")
			}
			defer func() { _ = listener.Close() }() // does nothing once it is served
			return untilStopped(
				c.Context(),
				app.Serve(
					c.Context(),
					cfg,
					log,
					app.Serving{Listener: listener, Worker: withWorker, ContactsLost: contactsLost},
				),
			)
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
