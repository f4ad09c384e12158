package booking

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func selectDue(ctx context.Context, tx *postgres.Tx, limit int) ([]uuid.UUID, error) {
	rows, err := tx.Pgx.Query(ctx, `
		(select id from booking where status in ('held', 'approved') and status = 'held' and expires_at <= app_now()
		  order by expires_at limit $1)
		union
		(select id from booking where status in ('waiting', 'held', 'requested', 'approved')
		  and starts_at <= app_now() order by starts_at limit $1)
		limit $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("find due bookings: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

func setStatus(ctx context.Context, tx *postgres.Tx, b *Booking) error {
	if _, err := tx.Pgx.Exec(ctx, "update booking set status = $2 where id = $1", b.ID, b.Status); err != nil {
		return fmt.Errorf("set status: %w", err)
	}
	return nil
}

// finish marks confirmed bookings that are over as done; what another worker has in hand is left to
// it.
func finish(ctx context.Context, tx *postgres.Tx, limit int) (int, error) {
	tag, err := tx.Pgx.Exec(ctx, `
		with over as (
		  select id from booking where status = 'confirmed' and ends_at <= app_now() order by ends_at
		  limit $1 for no key update skip locked
		), done as (
		  update booking b set status = 'done' from over where b.id = over.id
		  returning b.organization_id, b.borrower_id, b.id
		)
		insert into booking_change (organization_id, borrower_id, booking_id, kind, status)
		  select organization_id, borrower_id, id, 'done', 'done' from done`,
		limit,
	)
	if err != nil {
		return 0, fmt.Errorf("finish bookings: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
