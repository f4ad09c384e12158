package guard

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const heartbeat = 2 * time.Second

// Run tells the other processes of this one until ctx ends; call Beat before the first request is served.
func (g *Guard) Run(ctx context.Context) {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), heartbeat)
			defer cancel()
			if err := g.store.leave(ctx, g.process); err != nil { // it will be noticed by its silence
				g.log.LogAttrs(ctx, slog.LevelDebug, "could not tell that we leave", slog.Any("cause", err))
			}
			return
		case <-ticker.C:
			if err := g.Beat(ctx); err != nil && ctx.Err() == nil {
				g.log.LogAttrs(ctx, slog.LevelWarn, "could not tell the other processes of this one", slog.Any("cause", err))
			}
		}
	}
}

// Beat tells the other processes of this one, hears of them and takes the keys of the hour.
func (g *Guard) Beat(ctx context.Context) error {
	fresh, err := g.draw()
	if err != nil {
		return err
	}
	now := g.clock.Now()
	processes, next, err := g.store.beat(ctx, g.process, fresh)
	if err != nil {
		return err
	}
	next.hour = now.Truncate(time.Hour)
	for _, key := range []*[]byte{&next.last, &next.now, &next.next} {
		if *key != nil {
			*key = g.keys.MAC(PurposeNetwork, *key)
		}
	}
	g.hours.Store(&next)
	if processes > 1 {
		before := g.sharedUntil.Swap(now.Add(window + skew).Unix())
		if now.Unix() >= before { // from now on everybody counts together, and hears what was counted alone
			if err := g.store.tell(ctx, g.windows); err != nil {
				g.sharedUntil.Store(before)
				return err
			}
		}
	}
	return nil
}

// Forget deletes spent challenges, shares, keys and processes that are past. For the worker; it says how many rows were deleted.
func Forget(ctx context.Context, db *postgres.DB) (int, error) {
	n := 0
	err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
		n, err = forget(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("forget shares: %w", err)
	}
	return n, nil
}
