//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/postgres/embedded"
)

// ground is a private database server with one migrated database, in a folder of its own that goes
// when it ends.
type ground struct {
	dir                string
	kept               bool
	server             *embedded.Server
	ownerURL, loginURL string
	admin              *pgxpool.Pool
}

// newGround starts a server that is durable unless settings say otherwise; in dir, which stays, or
// in a new folder when dir is "".
func newGround(ctx context.Context, dir string, settings map[string]string) (_ *ground, err error) {
	g := &ground{dir: dir, kept: dir != ""}
	if !g.kept {
		if g.dir, err = os.MkdirTemp("", "tonarimachi-bench-"); err != nil {
			return nil, fmt.Errorf("make folder: %w", err)
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, g.close())
		}
	}()
	all := map[string]string{
		"max_connections":    "200",
		"shared_buffers":     "512MB",
		"max_wal_size":       "4GB",
		"checkpoint_timeout": "15min",
	}
	for name, value := range settings {
		all[name] = value
	}
	if g.server, err = embedded.Start(
		ctx,
		embedded.Options{Dir: filepath.Join(g.dir, "postgres"), Settings: all},
	); err != nil {
		return nil, err
	}
	if g.ownerURL, g.loginURL, err = g.server.Prepare(ctx, "bench"); err != nil {
		return nil, err
	}
	if err = postgres.Migrate(ctx, g.ownerURL, embedded.LoginRole); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(g.server.AdminURL("bench"))
	if err != nil {
		return nil, fmt.Errorf("parse administrator URL: %w", err)
	}
	config.MaxConns = 4
	if g.admin, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("connect as administrator: %w", err)
	}
	return g, nil
}

// close ends the server and, unless the folder is to stay, removes all that belongs to it.
func (g *ground) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if g.admin != nil {
		g.admin.Close()
	}
	var failed error
	if g.server != nil {
		failed = g.server.Stop(ctx)
	}
	if g.kept {
		return failed
	}
	return errors.Join(failed, embedded.Discard(ctx, filepath.Join(g.dir, "postgres")), os.RemoveAll(g.dir))
}

func (g *ground) exec(ctx context.Context, statement string, args ...any) error {
	if _, err := g.admin.Exec(ctx, statement, args...); err != nil {
		return fmt.Errorf("seed: %w in %.60q", err, statement)
	}
	return nil
}

// bulk runs statements on one connection with triggers and foreign keys off: rows must be complete
// in themselves.
func (g *ground) bulk(ctx context.Context, statements ...string) error {
	conn, err := g.admin.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	defer conn.Release()
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(
			ctx,
			"set local session_replication_role = replica; set local synchronous_commit = off; set local "+
				"maintenance_work_mem = '512MB'",
		); err != nil {
			return fmt.Errorf("seed: %w", err)
		}
		for _, statement := range statements {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return fmt.Errorf("seed: %w in %.80q", err, statement)
			}
		}
		return nil
	})
}
