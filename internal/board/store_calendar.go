package board

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

func ownRoom(ctx context.Context, tx *postgres.Tx, room uuid.UUID) error {
	var own bool
	if err := tx.Pgx.QueryRow(
		ctx,
		"select exists (select from room where id = $1 and organization_id = app_organization())",
		room,
	).Scan(
		&own,
	); err != nil {
		return fmt.Errorf("find room: %w", err)
	}
	if !own {
		return ErrRoomUnknown
	}
	return nil
}

const calendarColumns = "id, name, created_at, revoked_at"

func scanCalendar(row pgx.CollectableRow) (Calendar, error) {
	var c Calendar
	err := row.Scan(&c.ID, &c.Name, &c.CreatedAt, &c.RevokedAt)
	return c, err
}

func selectCalendars(ctx context.Context, tx *postgres.Tx, room uuid.UUID) ([]Calendar, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		"select "+calendarColumns+" from room_calendar where room_id = $1 order by created_at desc, id limit 100",
		room,
	)
	if err != nil {
		return nil, fmt.Errorf("read room calendars: %w", err)
	}
	return pgx.CollectRows(rows, scanCalendar)
}

func countCalendars(ctx context.Context, tx *postgres.Tx, room uuid.UUID) (n int, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		"select count(*) from room_calendar where room_id = $1 and revoked_at is null",
		room,
	).Scan(
		&n,
	)
	return n, err
}

func insertCalendar(ctx context.Context, tx *postgres.Tx, room uuid.UUID, name string, mac []byte) (Calendar, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		"insert into room_calendar (organization_id, room_id, name, mac) values (app_organization(), $1, $2, $3) "+
			"returning "+calendarColumns,
		room,
		name,
		mac,
	)
	if err != nil {
		return Calendar{}, fmt.Errorf("insert room calendar: %w", err)
	}
	return pgx.CollectExactlyOneRow(rows, scanCalendar)
}

func revokeCalendar(ctx context.Context, tx *postgres.Tx, room, id uuid.UUID) (changed bool, err error) {
	tag, err := tx.Pgx.Exec(
		ctx,
		"update room_calendar set revoked_at = app_now() where room_id = $1 and id = $2 and revoked_at is null",
		room,
		id,
	)
	if err != nil || tag.RowsAffected() == 1 {
		return err == nil, err
	}
	var known bool
	if err := tx.Pgx.QueryRow(
		ctx,
		"select exists (select from room_calendar where room_id = $1 and id = $2)",
		room,
		id,
	).Scan(
		&known,
	); err != nil {
		return false, err
	}
	if !known {
		return false, ErrCalendarUnknown
	}
	return false, nil
}

func openCalendar(ctx context.Context, tx *postgres.Tx, macs [][]byte, busy *RoomBusy) (room uuid.UUID, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		"select room_id, calendar_id, name, facility from room_of_calendar($1)",
		macs,
	).Scan(
		&room,
		&busy.CalendarID,
		&busy.Room,
		&busy.Facility,
	)
	if postgres.NoRows(err) {
		return room, ErrCalendarUnknown
	}
	return room, err
}
