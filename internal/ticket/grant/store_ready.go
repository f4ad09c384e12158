package grant

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

// ready prepares the connections that nobody uses, and makes new ones as long as there are fewer
// than lanes.
func (s store) ready(ctx context.Context) error {
	ctx = postgres.Several(ctx)
	conns := s.Pool.AcquireAllIdle(ctx)
	defer func() {
		for _, c := range conns {
			c.Release()
		}
	}()
	for int(s.Pool.Stat().TotalConns()) < min(lanes, int(s.Pool.Config().MaxConns)) {
		c, err := s.Pool.Acquire(ctx)
		if err != nil {
			return query.Unavailable(err)
		}
		conns = append(conns, c)
	}
	for len(conns) > 0 { // each can be had again when it is done
		err := s.rehearse(ctx, conns[0])
		conns[0].Release()
		if conns = conns[1:]; err != nil {
			return query.Unavailable(err)
		}
	}
	return nil
}

// rehearse grants nothing to nobody; ticket_grant goes through all its statements for that.
func (s store) rehearse(ctx context.Context, c *pgxpool.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout(grantLimit))
	defer cancel()
	batch := s.Anybody(s.Now())
	nothing := argumentsOf(nil)
	nothing.queue(batch)
	nothing.once = true
	nothing.queue(batch)
	return c.SendBatch(ctx, batch).Close()
}
