package ticket

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// readyEvery is shorter than the time after which a pool gives idle connections up.
const readyEvery = time.Minute

// KeepReady sees to it until ctx ends that there is a connection for each lane and that connections have planned what a rush needs. On a new one this takes tens of
// milliseconds, and registration opens after a quiet night, for everybody at the same moment.
func (s *Service) KeepReady(ctx context.Context) {
	ticker := time.NewTicker(readyEvery)
	defer ticker.Stop()
	for {
		if err := s.store.ready(ctx); err != nil && ctx.Err() == nil {
			s.log.LogAttrs(ctx, slog.LevelWarn, "could not prepare connections for registrations", slog.Any("cause", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// ready prepares the connections that nobody uses, and makes new ones as long as there are fewer than lanes.
func (s store) ready(ctx context.Context) error {
	conns := s.pool.AcquireAllIdle(ctx)
	defer func() {
		for _, c := range conns {
			c.Release()
		}
	}()
	for int(s.pool.Stat().TotalConns()) < min(lanes, int(s.pool.Config().MaxConns)) {
		c, err := s.pool.Acquire(ctx)
		if err != nil {
			return unavailable(err)
		}
		conns = append(conns, c)
	}
	for _, c := range conns {
		if err := s.rehearse(ctx, c); err != nil {
			return unavailable(err)
		}
	}
	return nil
}

// rehearse grants nothing to nobody; ticket_grant goes through all its statements for that.
func (s store) rehearse(ctx context.Context, c *pgxpool.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, grantLimit)
	defer cancel()
	batch := &pgx.Batch{}
	batch.Queue(sqlNow, stamp(s.now()), laneLockTimeout)
	none := []string{}
	batch.Queue(sqlGrant, none, none, none, [][]byte{}, []int16{}, none)
	batch.Queue(sqlGrantOnce, none, none, none, [][]byte{}, []int16{}, none, []time.Time{})
	return c.SendBatch(ctx, batch).Close()
}
