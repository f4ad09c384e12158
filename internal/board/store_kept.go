package board

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// keptIn reads which rounds keep a room within a window, from the asking organization or from the
// public.
func keptIn(ctx context.Context, tx *postgres.Tx, room uuid.UUID, from, to time.Time) ([]KeptSpan, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		"select round_id, starts_at, ends_at from room_kept($1, tstzrange($2, $3))",
		room,
		from,
		to,
	)
	if err != nil {
		return nil, fmt.Errorf("find rounds of room: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (KeptSpan, error) {
		var k KeptSpan
		err := row.Scan(&k.Round, &k.From, &k.To)
		return k, err
	})
}

// keptOf reads when a room is kept for rounds from the asking organization.
func keptOf(ctx context.Context, tx *postgres.Tx, room uuid.UUID) ([]venue.Span, error) {
	rows, err := tx.Pgx.Query(ctx, "select starts_at, ends_at from booking_rounds_of($1)", room)
	if err != nil {
		return nil, fmt.Errorf("find rounds of room: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (venue.Span, error) {
		var span venue.Span
		err := row.Scan(&span.From, &span.To)
		return span, err
	})
}
