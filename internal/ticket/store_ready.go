package ticket

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// ready prepares the connections that nobody uses, and makes new ones as long as there are fewer than lanes.
func (s store) ready(ctx context.Context) error {
	ctx = postgres.Several(ctx)
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
	for len(conns) > 0 { // each can be had again when it is done
		err := s.rehearse(ctx, conns[0])
		conns[0].Release()
		if conns = conns[1:]; err != nil {
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
