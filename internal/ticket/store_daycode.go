package ticket

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

// dayCode gives ticket_day_code's outcome and, when it is set, the turn whose digits the ticket
// has.
func (s store) dayCode(ctx context.Context, mac []byte, turn int, codes [][]byte) (o outcome, now int, err error) {
	batch := &pgx.Batch{}
	s.Holder(batch, mac)
	const call = `select outcome, coalesce(now_turn, 0)::int from ticket_day_code($1, $2::int::smallint, $3)`
	batch.Queue(call, mac, turn, codes).QueryRow(func(row pgx.Row) error { return row.Scan(&o, &now) })
	if err := s.Send(ctx, batch); err != nil {
		return "", 0, query.Unavailable(fmt.Errorf("set day code: %w", err))
	}
	return o, now, nil
}
