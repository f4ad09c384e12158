package app

import (
	"context"
	"log/slog"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// OpenDatabase connects as the program and refuses an account that could step around row-level
// security, and a schema that is too old.
func OpenDatabase(ctx context.Context, cfg config.Config, log *slog.Logger, requests, jobs bool) (*postgres.DB, error) {
	o := postgres.Options{URL: cfg.DatabaseURL.Reveal(), Clock: clock.System(), Logger: log}
	if requests {
		o.Public, o.Staff = int32(cfg.PoolPublic), int32(cfg.PoolStaff)
	}
	if jobs {
		o.Worker = int32(cfg.PoolWorker)
	}
	db, err := postgres.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := db.RefusePrivileged(ctx); err != nil {
		db.Close()
		return nil, err
	}
	if err := db.RequireSchema(ctx); err != nil {
		db.Close()
		return nil, err
	}
	logged, err := db.Talk(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	if len(logged) > 0 {
		log.LogAttrs(
			ctx,
			slog.LevelWarn,
			"PostgreSQL's own log would hold what people send; the README says which settings keep it out",
			slog.Any("settings", logged),
		)
	}
	return db, nil
}
