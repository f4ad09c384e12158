package door

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// linkRow has the columns of a day link that staff write: the role may not set the rest.
type linkRow struct {
	OrganizationID uuid.UUID  `gorm:"column:organization_id"`
	EventID        uuid.UUID  `gorm:"column:event_id"`
	OccurrenceID   uuid.UUID  `gorm:"column:occurrence_id"`
	ID             uuid.UUID  `gorm:"column:id;primaryKey"`
	MAC            []byte     `gorm:"column:mac"`
	RevokedAt      *time.Time `gorm:"column:revoked_at"`
}

func (linkRow) TableName() string { return "door_link" }

// countLinks counts the links of a date that are not revoked.
func countLinks(tx *postgres.Tx, occurrence uuid.UUID) (int, error) {
	var n int64
	err := tx.Gorm.Model(&linkRow{}).
		Where("occurrence_id = ? and revoked_at is null", occurrence).
		Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count door links: %w", err)
	}
	return int(n), nil
}

func insertLink(ctx context.Context, tx *postgres.Tx, eventID, occurrence uuid.UUID, mac []byte) (Link, error) {
	r := linkRow{OrganizationID: tx.Organization, EventID: eventID, OccurrenceID: occurrence, MAC: mac}
	err := tx.Gorm.Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}}}).
		Select("organization_id", "event_id", "occurrence_id", "mac").
		Create(&r).Error
	if err != nil {
		return Link{}, fmt.Errorf("insert door link: %w", err)
	}
	links, err := queryLinks(ctx, tx, `l.id = $1`, r.ID)
	if err != nil {
		return Link{}, err
	}
	if len(links) != 1 {
		return Link{}, fmt.Errorf("read door link: %d rows", len(links))
	}
	return links[0], nil
}

// revokeLink gives false for a link that was revoked before. ErrLinkUnknown.
func revokeLink(tx *postgres.Tx, eventID, occurrence, link uuid.UUID) (changed bool, err error) {
	find := func() *gorm.DB {
		return tx.Gorm.Model(&linkRow{}).Where(
			"organization_id = ? and id = ? and event_id = ? and occurrence_id = ?",
			tx.Organization,
			link,
			eventID,
			occurrence,
		)
	}
	done := find().Where("revoked_at is null").UpdateColumn("revoked_at", tx.Now)
	if done.Error != nil {
		return false, fmt.Errorf("revoke door link: %w", done.Error)
	}
	if done.RowsAffected > 0 {
		return true, nil
	}
	var n int64
	if err := find().Count(&n).Error; err != nil {
		return false, fmt.Errorf("read door link: %w", err)
	}
	if n == 0 {
		return false, ErrLinkUnknown
	}
	return false, nil
}

func selectLinks(ctx context.Context, tx *postgres.Tx, occurrence uuid.UUID) ([]Link, error) {
	return queryLinks(ctx, tx, `l.occurrence_id = $1`, occurrence)
}

func queryLinks(ctx context.Context, tx *postgres.Tx, where string, id uuid.UUID) ([]Link, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select l.id, l.occurrence_id, l.created_at, l.revoked_at, o.starts_at, o.ends_at,
		  case when l.paused_until > app_now() and l.revoked_at is null then l.paused_until end
		from door_link l join occurrence o on o.id = l.occurrence_id
		where `+where+` order by l.created_at desc, l.id limit 100`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Link, error) {
		var l Link
		err := row.Scan(&l.ID, &l.OccurrenceID, &l.CreatedAt, &l.RevokedAt, &l.OpensAt, &l.ClosesAt, &l.PausedUntil)
		l.OpensAt, l.ClosesAt = l.OpensAt.Add(-Before), l.ClosesAt.Add(After)
		return l, err
	})
}
