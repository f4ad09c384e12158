package booking

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func insertSeries(ctx context.Context, tx *postgres.Tx, r *Series, room board.RoomRef) error {
	_, err := tx.Pgx.Exec(
		ctx,
		`
		insert into booking_series (organization_id, borrower_id, facility_id, room_id, id, rule, starts_time,
		  ends_time, first_day, last_day, title)
		values ($1, app_organization(), $2, $3, $4, $5, $6, $7, $8::text::date, $9::text::date, $10)`,
		r.Lender.ID,
		room.FacilityID,
		room.ID,
		r.ID,
		r.Rule,
		r.Starts.String(),
		r.Ends.String(),
		r.First.String(),
		r.Last.String(),
		r.Title,
	)
	if err != nil {
		return translate(fmt.Errorf("insert series: %w", err))
	}
	return nil
}

func readSeries(ctx context.Context, tx *postgres.Tx, view *organization.View, id uuid.UUID) (Series, error) {
	var s Series
	var starts, ends string
	err := tx.Pgx.QueryRow(ctx, `
		select id, organization_id, borrower_id, rule, starts_time, ends_time, first_day, last_day, title, created_at
		  from booking_series where id = $1`,
		id,
	).
		Scan(&s.ID, &s.Lender.ID, &s.Borrower.ID, &s.Rule, &starts, &ends, &s.First, &s.Last, &s.Title, &s.CreatedAt)
	if postgres.NoRows(err) {
		return Series{}, ErrSeriesUnknown
	}
	if err != nil {
		return Series{}, fmt.Errorf("read series: %w", err)
	}
	if err := s.Starts.UnmarshalText([]byte(starts)); err != nil {
		return Series{}, err
	}
	if err := s.Ends.UnmarshalText([]byte(ends)); err != nil {
		return Series{}, err
	}
	if s.Bookings, err = queryBookings(ctx, tx, "where b.series_id = $1 order by b.starts_at, b.id", id); err != nil {
		return Series{}, err
	}
	if err := nameAll(ctx, tx, view, s.Bookings); err != nil {
		return Series{}, err
	}
	lender, err := view.ByID(s.Lender.ID)
	if err != nil {
		return Series{}, err
	}
	borrower, err := view.ByID(s.Borrower.ID)
	s.Lender, s.Borrower = lender.Ref(), borrower.Ref()
	return s, err
}

// seriesScope gives the ids of a series' bookings that stand and begin from a moment on, in order.
func seriesScope(ctx context.Context, tx *postgres.Tx, series uuid.UUID, from time.Time) ([]uuid.UUID, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select id from booking where series_id = $1 and starts_at >= $2
		  and status in ('waiting', 'held', 'requested', 'approved', 'confirmed') order by starts_at, id`,
		series,
		from,
	)
	if err != nil {
		return nil, fmt.Errorf("read series: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
