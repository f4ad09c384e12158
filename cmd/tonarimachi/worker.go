package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/job"
)

func workerCommand(t terminal) *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Run the jobs nobody waits for; any number of processes may",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, log, err := settings(config.Serve, t)
			if err != nil {
				return err
			}
			return untilStopped(c.Context(), work(c.Context(), cfg, log))
		},
	}
}

func work(ctx context.Context, cfg config.Config, log *slog.Logger) error {
	db, err := openDatabase(ctx, cfg, log, false, true)
	if err != nil {
		return err
	}
	defer db.Close()
	runner, err := job.New(db, log, tasks(db)...)
	if err != nil {
		return err
	}
	metrics := httpx.NewMetrics()
	countConnections(metrics, db)
	g, ctx := errgroup.WithContext(ctx)
	serveMetrics(ctx, g, cfg, log, metrics)
	g.Go(func() error {
		log.Info("working")
		return runner.Run(ctx)
	})
	return g.Wait()
}
