package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// ChannelEvents carries the id of every event that changed for residents (see event_record_change in the migrations).
const ChannelEvents = "tnm_event"

// Listen calls heard for every notification on channel, and once after each (re)connection, because notifications sent meanwhile are lost.
// It returns when ctx ends. It keeps one connection of its own.
func (db *DB) Listen(ctx context.Context, url, channel string, heard func()) {
	wait := time.Duration(0)
	for ctx.Err() == nil {
		if wait > 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(wait):
			}
		}
		err := listenOnce(ctx, url, channel, func() { wait = 0; heard() })
		if ctx.Err() != nil {
			return
		}
		db.log.LogAttrs(ctx, slog.LevelWarn, "lost the change channel, connecting again", slog.String("channel", channel), slog.Any("cause", err))
		wait = min(max(2*wait, 100*time.Millisecond), 5*time.Second)
	}
}

func listenOnce(ctx context.Context, url, channel string, heard func()) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("parse database URL: %w", err)
	}
	config.RuntimeParams["role"] = string(RolePublic)
	config.RuntimeParams["application_name"] = "tonarimachi listen"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	heard()
	for {
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return fmt.Errorf("wait for notification: %w", err)
		}
		heard()
	}
}
