package ticket

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// dayCode gives ticket_day_code's outcome and, when it is set, the turn whose digits the ticket has.
func (s store) dayCode(ctx context.Context, mac []byte, turn int, codes [][]byte) (outcome string, now int, err error) {
	batch := &pgx.Batch{}
	batch.Queue(sqlHolder, stamp(s.now()), hex.EncodeToString(mac))
	batch.Queue(`select outcome, coalesce(now_turn, 0)::int from ticket_day_code($1, $2::int::smallint, $3)`, mac, turn, codes).
		QueryRow(func(row pgx.Row) error { return row.Scan(&outcome, &now) })
	if err := postgres.Send(ctx, s.pool, batch); err != nil {
		return "", 0, unavailable(fmt.Errorf("set day code: %w", err))
	}
	return outcome, now, nil
}
