package admission

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const heartbeat = 2 * time.Second

// Run tells the other processes of this one until ctx ends; call Beat before the first request is
// served.
func (s *Service) Run(ctx context.Context) {
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), heartbeat)
			defer cancel()
			if err := s.store.leave(ctx, s.process); err != nil { // it will be noticed by its silence
				s.log.LogAttrs(ctx, slog.LevelDebug, "could not tell that we leave", slog.Any("cause", err))
			}
			return
		case <-ticker.C:
			if err := s.Beat(ctx); err != nil && ctx.Err() == nil {
				s.log.LogAttrs(
					ctx,
					slog.LevelWarn,
					"could not tell the other processes of this one",
					slog.Any("cause", err),
				)
			}
		}
	}
}

// Beat tells the other processes of this one, hears of them and takes the keys of the hour.
func (s *Service) Beat(ctx context.Context) error {
	fresh, err := s.draw()
	if err != nil {
		return err
	}
	now := s.clock.Now()
	processes, next, err := s.store.beat(ctx, s.process, fresh)
	if err != nil {
		return err
	}
	next.hour = now.Truncate(time.Hour)
	for _, key := range []*[]byte{&next.last, &next.now, &next.next} {
		if *key != nil {
			*key = s.keys.MAC(PurposeNetwork, *key)
		}
	}
	s.hours.Store(&next)
	if processes > 1 {
		before := s.sharedUntil.Swap(now.Add(window + skew).Unix())
		if now.Unix() >= before { // from now on everybody counts together, and hears what was counted alone
			if err := s.store.tell(ctx, s.windows); err != nil {
				s.sharedUntil.Store(before)
				return err
			}
		}
	}
	return nil
}

// Forget deletes spent challenges, shares, keys and processes that are past. For the worker; it
// says how many rows were deleted.
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
