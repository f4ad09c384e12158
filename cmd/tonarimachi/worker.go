package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
)

func workerCommand(t terminal) *cobra.Command {
	var contactsLost bool
	c := &cobra.Command{
		Use:   "worker",
		Short: "Run the jobs nobody waits for; any number of processes may",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, log, err := settings(config.Work, t)
			if err != nil {
				return err
			}
			return untilStopped(c.Context(), work(c.Context(), cfg, log, contactsLost))
		},
	}
	lostFlag(c, &contactsLost)
	return c
}

// lostFlag lets the operator start over with an empty key store when the former one is gone.
func lostFlag(c *cobra.Command, lost *bool) {
	c.Flags().BoolVar(lost, "contacts-lost", false, "the former contact key store is gone for good: forget the contacts that it could open and make new keys")
}

func work(ctx context.Context, cfg config.Config, log *slog.Logger, contactsLost bool) error {
	limitMemory(log, shareAlone)
	db, err := openDatabase(ctx, cfg, log, false, true)
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
