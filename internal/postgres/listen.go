package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// ChannelEvents carries the id of every event that changed for residents (see event_record_change
// in the migrations).
const ChannelEvents = "tnm_event"

// A change channel is silent for hours, and a dead connection is just as silent: after each quiet
// beat the server must show that it is there.
const (
	listenBeat     = 2 * time.Second
	listenPatience = 2 * time.Second
)

// Listen calls heard for every notification on channel, and once after each (re)connection, because
// notifications sent meanwhile are lost. It returns when ctx ends. It keeps one connection of its
// own, which it makes anew within seconds when nobody answers there.
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
		db.log.LogAttrs(
			ctx,
			slog.LevelWarn,
			"lost the change channel, connecting again",
			slog.String("channel", channel),
			slog.Any("cause", Unavailable(err)),
		)
		wait = min(max(2*wait, 100*time.Millisecond), 2*time.Second)
	}
}

func listenOnce(ctx context.Context, url, channel string, heard func()) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return errors.New("parse database URL: not a PostgreSQL connection string") // the cause quotes the password
	}
	setPatience(config, 0)
	config.RuntimeParams["role"] = string(RolePublic)
	config.RuntimeParams["application_name"] = "tonarimachi listen"
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), listenPatience)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	if err := patiently(ctx, func(ctx context.Context) error {
		_, err := conn.Exec(ctx, "listen "+pgx.Identifier{channel}.Sanitize())
		return err
	}); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	heard()
	for {
		told, err := notified(ctx, conn)
		if err != nil {
			return fmt.Errorf("wait for notification: %w", err)
		}
		if told {
			heard()
			continue
		}
		if err := patiently(ctx, conn.Ping); err != nil {
			return fmt.Errorf("ask for a sign of life: %w", err)
		}
	}
}

// notified waits for a notification for one beat.
func notified(ctx context.Context, conn *pgx.Conn) (bool, error) {
	beat, cancel := context.WithTimeout(ctx, listenBeat)
	defer cancel()
	n, err := conn.WaitForNotification(beat)
	if n != nil || err != nil && ctx.Err() == nil && beat.Err() != nil && !conn.IsClosed() {
		return n != nil, nil
	}
	return false, err
}

func patiently(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, listenPatience)
	defer cancel()
	return do(ctx)
}
