package booking

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func insertChange(ctx context.Context, tx *postgres.Tx, b *Booking, kind string) error {
	var by *uuid.UUID
	if tx.Organization != uuid.Nil {
		by = &tx.Organization
	}
	_, err := tx.Pgx.Exec(
		ctx,
		`insert into booking_change (organization_id, borrower_id, booking_id, kind, by_id, status)
			values ($1, $2, $3, $4, $5, $6)`,
		b.Lender.ID,
		b.Borrower.ID,
		b.ID,
		kind,
		by,
		b.Status,
	)
	if err != nil {
		return fmt.Errorf("record change: %w", err)
	}
	return nil
}

func insertNote(ctx context.Context, tx *postgres.Tx, b *Booking, body string) error {
	_, err := tx.Pgx.Exec(
		ctx,
		`insert into booking_note (organization_id, borrower_id, booking_id, by_id, body)
			values ($1, $2, $3, app_organization(), $4)`,
		b.Lender.ID,
		b.Borrower.ID,
		b.ID,
		body,
	)
	if err != nil {
		return translate(fmt.Errorf("write note: %w", err))
	}
	return nil
}

func countNotes(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, "select count(*) from booking_note where booking_id = $1", id).Scan(&n)
	return n, err
}

// surround adds queue, neighbours, notes and history.
func surround(ctx context.Context, tx *postgres.Tx, view *organization.View, d *Detail) error {
	err := tx.Pgx.QueryRow(
		ctx,
		"select coalesce(ahead, 0), coalesce(behind, 0) from booking_queue($1)",
		d.ID,
	).Scan(
		&d.Ahead,
		&d.Behind,
	)
	if err != nil {
		return fmt.Errorf("read queue: %w", err)
	}
	clashes, err := roomRefs(ctx, tx, `select r.id, r.id, r.facility_id, r.name, f.name, f.address, f.access
		from booking_clashes($1) c (id) join room r on r.id = c.id join facility f on f.id = r.facility_id`, d.ID)
	if err != nil {
		return err
	}
	for _, r := range clashes {
		d.Clashes = append(d.Clashes, r)
	}
	named := func(id uuid.UUID) organization.Ref { o, _ := view.ByID(id); return o.Ref() }
	rows, err := tx.Pgx.Query(
		ctx,
		"select id, at, by_id, body from booking_note where booking_id = $1 order by at, id",
		d.ID,
	)
	if err != nil {
		return fmt.Errorf("read notes: %w", err)
	}
	var n Note
	var by uuid.UUID
	if _, err = pgx.ForEachRow(rows, []any{&n.ID, &n.At, &by, &n.Body}, func() error {
		n.By = named(by)
		d.Notes = append(d.Notes, n)
		return nil
	}); err != nil {
		return fmt.Errorf("read notes: %w", err)
	}
	d.History, err = selectChanges(ctx, tx, view, "where booking_id = $1 order by at, id limit 1000", d.ID)
	return err
}

func selectChanges(
	ctx context.Context,
	tx *postgres.Tx,
	view *organization.View,
	tail string,
	args ...any,
) ([]Change, error) {
	rows, err := tx.Pgx.Query(ctx, "select id, booking_id, at, kind, by_id, status from booking_change "+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("read changes: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Change, error) {
		var c Change
		var by *uuid.UUID
		if err := row.Scan(&c.ID, &c.BookingID, &c.At, &c.Kind, &by, &c.Status); err != nil {
			return c, err
		}
		if by != nil {
			o, err := view.ByID(*by)
			if err != nil {
				return c, err
			}
			ref := o.Ref()
			c.By = &ref
		}
		return c, nil
	})
}

// countInMonth counts the borrower's other bookings of a room that begin within a month and stand.
func countInMonth(ctx context.Context, tx *postgres.Tx, b *Booking, from, to time.Time) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `
		select count(*) from booking k where k.borrower_id = $1 and k.room_id = $2 and k.starts_at >= $3
		  and k.starts_at < $4 and k.id <> $5
		  and k.status not in ('declined', 'cancelled', 'lapsed')`, b.Borrower.ID, b.Room.ID, from, to, b.ID).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count bookings: %w", err)
	}
	return n, nil
}

// selectHeard reads the lines of both sides, each by its index, that the organization did not write
// itself.
func selectHeard(
	ctx context.Context,
	tx *postgres.Tx,
	view *organization.View,
	after ChangePosition,
	limit int,
) ([]Change, error) {
	const one = `(select id, booking_id, at, kind, by_id, status from booking_change
		where %s and (at, id) > ($1, $2) and by_id is distinct from app_organization() order by at, id limit $3)`
	union := fmt.Sprintf(one, "organization_id = app_organization()") + " union all " +
		fmt.Sprintf(one, "borrower_id = app_organization() and borrower_id <> organization_id")
	return selectChanges(
		ctx,
		tx,
		view,
		"where false union all select * from ("+union+") c order by at, id limit $3",
		after.At,
		after.ID,
		limit+1,
	)
}
