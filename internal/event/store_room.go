package event

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type roomRow struct {
	UseID     uuid.UUID // of the part, or of the date when it is the whole date's
	BookingID uuid.UUID
	Status    booking.Status
}

// Row-level security shows them to the event's own staff alone.
const selectRooms = `
	select coalesce(x.part_id, x.occurrence_id) as use_id, x.booking_id, b.status
	from event_room x join booking b on b.id = x.booking_id where x.event_id = any ($1)`

func roomBookings(rows []roomRow) map[uuid.UUID]*RoomBooking {
	all := make(map[uuid.UUID]*RoomBooking, len(rows))
	for _, r := range rows {
		all[r.UseID] = &RoomBooking{ID: r.BookingID, Status: r.Status}
	}
	return all
}

// lockRooms locks an event's bookings, and one that it is about to take, before the event itself:
// whoever changes a booking comes to the event by way of it.
func lockRooms(ctx context.Context, tx *postgres.Tx, event uuid.UUID, more *uuid.UUID) error {
	_, err := tx.Pgx.Exec(ctx, `
		select booking_lock(array_agg(distinct x.facility_id), array_agg(x.id)) from (
		  select b.id, b.facility_id from event_room u join booking b on b.id = u.booking_id where u.event_id = $1
		  union select b.id, b.facility_id from booking b where b.id = $2
		) x having count(*) > 0`, event, more)
	if err != nil {
		return fmt.Errorf("lock rooms: %w", err)
	}
	return nil
}

// attach lets a booking give a date, or a part of it, its room. What it may be is the database's to
// judge.
func attach(ctx context.Context, tx *postgres.Tx, at placed, id uuid.UUID) error {
	var part *uuid.UUID
	if at.part != uuid.Nil {
		part = &at.part
	}
	tag, err := tx.Pgx.Exec(ctx, `insert into event_room (organization_id, event_id, occurrence_id, part_id, booking_id)
		select app_organization(), $1, $2, $3, b.id from booking b where b.id = $4`, at.event, at.occurrence, part, id)
	if postgres.Violates(err, "event_room_confirmed") {
		return ErrRoomUnconfirmed.Because(err)
	}
	if err != nil {
		return fmt.Errorf("take booking: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return ErrRoomUnknown
	}
	return nil
}

func detach(ctx context.Context, tx *postgres.Tx, id uuid.UUID) error {
	if _, err := tx.Pgx.Exec(
		ctx,
		"delete from event_room where booking_id = $1 and organization_id = app_organization()",
		id,
	); err != nil {
		return fmt.Errorf("let go of booking: %w", err)
	}
	return nil
}

// bookingsAhead gives the bookings of an event's dates, or of one, that are not over.
func bookingsAhead(ctx context.Context, tx *postgres.Tx, event uuid.UUID, occurrence *uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Pgx.Query(ctx, `select x.booking_id from event_room x join occurrence o on o.id = x.occurrence_id
		where x.event_id = $1 and ($2::uuid is null or o.id = $2) and o.ends_at > app_now() order by x.booking_id`,
		event,
		occurrence,
	)
	if err != nil {
		return nil, fmt.Errorf("find bookings: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// servedBy finds the date or part that a booking gives its room; false when there is none of this
// organization.
func servedBy(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (at placed, found bool, err error) {
	var part *uuid.UUID
	err = tx.Pgx.QueryRow(
		ctx,
		"select event_id, occurrence_id, part_id from event_room where booking_id = $1 and organization_id = "+
			"app_organization()",
		id,
	).
		Scan(
			&at.event,
			&at.occurrence,
			&part,
		)
	if postgres.NoRows(err) {
		return at, false, nil
	}
	if err != nil {
		return at, false, fmt.Errorf("find date of booking: %w", err)
	}
	if part != nil {
		at.part = *part
	}
	return at, true, nil
}

// selectServed finds what stands in a booking. The event's own organization sees it by event_room;
// the other side of the booking reads what everybody reads: a listed date of one of the two in that
// room at that time, which can be no other's.
func selectServed(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (*Served, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select e.id, o.id, x.part_id, e.title, o.starts_at, o.ends_at, o.listed
		from event_room x join occurrence o on o.id = x.occurrence_id join event e on e.id = x.event_id
		where x.booking_id = $1 and x.organization_id = app_organization()
		union all
		select e.id, o.id, p.id, e.title, o.starts_at, o.ends_at, o.listed
		from booking b join occurrence o on o.organization_id in (b.organization_id, b.borrower_id)
		  and o.starts_at < b.ends_at and o.starts_at >= b.starts_at - interval '14 days'
		join event e on e.id = o.event_id
		left join part p on p.occurrence_id = o.id and p.place_room ->> 'room_id' = b.room_id::text
		  and not p.place_lost and p.starts_at >= b.starts_at and p.ends_at <= b.ends_at
		where b.id = $1 and b.status in ('confirmed', 'done') and o.listed and o.status <> 'cancelled'
		  and o.organization_id <> app_organization()
		  and (p.id is not null or o.place_room ->> 'room_id' = b.room_id::text and not o.place_lost
		  and coalesce(o.doors_at, o.starts_at) >= b.starts_at and o.ends_at <= b.ends_at)
		limit 1`, id)
	if err != nil {
		return nil, fmt.Errorf("find date of booking: %w", err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (*Served, error) {
		var s Served
		err := row.Scan(&s.Event, &s.Occurrence, &s.Part, &s.Title, &s.StartsAt, &s.EndsAt, &s.Listed)
		return &s, err
	})
	if postgres.NoRows(err) {
		return nil, nil //nolint:nilnil // most bookings give no date its room
	}
	return s, err
}

// checkRooms refuses to publish while a date to come has a room that is not booked for good, and
// says which.
func checkRooms(ctx context.Context, tx *postgres.Tx, event uuid.UUID) error {
	rows, err := tx.Pgx.Query(
		ctx,
		`select distinct o.starts_at from event_room x join booking b on b.id = x.booking_id
			join occurrence o on o.id = x.occurrence_id
		left join part p on p.id = x.part_id
		where x.event_id = $1 and o.status <> 'cancelled' and o.ends_at > app_now()
		  and (b.status not in ('confirmed', 'done') or o.place_lost or coalesce(p.place_lost, false)) order by 1`,
		event,
	)
	if err != nil {
		return fmt.Errorf("look at rooms: %w", err)
	}
	lacking, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return fmt.Errorf("look at rooms: %w", err)
	}
	if len(lacking) == 0 {
		return nil
	}
	days := make([]string, len(lacking))
	for i, t := range lacking {
		days[i] = clock.DateOf(t).String()
	}
	return ErrRoomUnconfirmed.With("dates", strings.Join(days, ", "))
}

// together puts off the look whether a booking reaches over its date until both have moved; settled
// has it happen.
func together(ctx context.Context, tx *postgres.Tx) error {
	return exec(ctx, tx, "set constraints event_room_covers deferred")
}

func settled(ctx context.Context, tx *postgres.Tx) error {
	return exec(ctx, tx, "set constraints event_room_covers immediate")
}

func exec(ctx context.Context, tx *postgres.Tx, statement string) error {
	if _, err := tx.Pgx.Exec(ctx, statement); err != nil {
		return fmt.Errorf("move date and room: %w", err)
	}
	return nil
}
