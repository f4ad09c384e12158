package board

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

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

// calendarRow has the columns of a room's calendar that staff write or read. Its MAC is written
// only: the role may not read it.
type calendarRow struct {
	OrganizationID uuid.UUID  `gorm:"column:organization_id"`
	RoomID         uuid.UUID  `gorm:"column:room_id"`
	ID             uuid.UUID  `gorm:"column:id;primaryKey"`
	Name           string     `gorm:"column:name"`
	MAC            []byte     `gorm:"column:mac"`
	CreatedAt      time.Time  `gorm:"column:created_at;autoCreateTime:false"` // the schema sets it
	RevokedAt      *time.Time `gorm:"column:revoked_at"`
}

func (calendarRow) TableName() string { return "room_calendar" }

func (r calendarRow) calendar() Calendar {
	return Calendar{ID: r.ID, Name: r.Name, CreatedAt: r.CreatedAt, RevokedAt: r.RevokedAt}
}

// ofRoom narrows to the calendars of an own room.
func ofRoom(tx *postgres.Tx, room uuid.UUID) *gorm.DB {
	return tx.Gorm.Model(&calendarRow{}).Where("organization_id = ? and room_id = ?", tx.Organization, room)
}

func selectCalendars(tx *postgres.Tx, room uuid.UUID) ([]Calendar, error) {
	var rows []calendarRow
	err := ofRoom(tx, room).Select("id", "name", "created_at", "revoked_at").
		Order("created_at desc, id").Limit(100).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read room calendars: %w", err)
	}
	all := make([]Calendar, len(rows))
	for i, r := range rows {
		all[i] = r.calendar()
	}
	return all, nil
}

func countCalendars(tx *postgres.Tx, room uuid.UUID) (int, error) {
	var n int64
	if err := ofRoom(tx, room).Where("revoked_at is null").Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count room calendars: %w", err)
	}
	return int(n), nil
}

func insertCalendar(tx *postgres.Tx, room uuid.UUID, name string, mac []byte) (Calendar, error) {
	r := calendarRow{OrganizationID: tx.Organization, RoomID: room, Name: name, MAC: mac}
	err := tx.Gorm.Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}, {Name: "created_at"}}}).
		Select("organization_id", "room_id", "name", "mac").Create(&r).Error
	if err != nil {
		return Calendar{}, fmt.Errorf("insert room calendar: %w", err)
	}
	return r.calendar(), nil
}

// revokeCalendar gives false for one that was revoked before. ErrCalendarUnknown.
func revokeCalendar(tx *postgres.Tx, room, id uuid.UUID) (changed bool, err error) {
	done := ofRoom(tx, room).Where("id = ? and revoked_at is null", id).UpdateColumn("revoked_at", tx.Now)
	if done.Error != nil {
		return false, fmt.Errorf("revoke room calendar: %w", done.Error)
	}
	if done.RowsAffected > 0 {
		return true, nil
	}
	var n int64
	if err := ofRoom(tx, room).Where("id = ?", id).Count(&n).Error; err != nil {
		return false, fmt.Errorf("read room calendar: %w", err)
	}
	if n == 0 {
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
