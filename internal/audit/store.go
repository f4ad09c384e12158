package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type row struct {
	ID          uuid.UUID  `gorm:"column:id"`
	At          time.Time  `gorm:"column:at"`
	ActorKind   string     `gorm:"column:actor_kind"`
	ActorID     *uuid.UUID `gorm:"column:actor_id"`
	Action      string     `gorm:"column:action"`
	SubjectKind string     `gorm:"column:subject_kind"`
	SubjectID   uuid.UUID  `gorm:"column:subject_id"`
	Detail      []byte     `gorm:"column:detail"`
	TokenID     *uuid.UUID `gorm:"column:token_id"`
	Issuers     string     `gorm:"column:issuers"` // joined by commas
}

// insert leaves the token and who issued it to the columns' defaults, app_token and
// app_token_issuers, so that entries that SQL functions write have them too.
func insert(ctx context.Context, tx *postgres.Tx, e Entry, detail []byte) error {
	var actor *uuid.UUID
	if tx.Actor.ID != uuid.Nil {
		actor = &tx.Actor.ID
	}
	_, err := tx.Pgx.Exec(ctx, `
		insert into audit_entry (organization_id, at, actor_kind, actor_id, action, subject_kind, subject_id, detail)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.Organization, tx.Now, tx.Actor.Kind, actor, e.Action, e.SubjectKind, e.SubjectID, detail)
	return err
}

// list pages by key (audit_entry_organization_idx): at descending, then id.
func list(tx *postgres.Tx, organization uuid.UUID, after *place, limit int) ([]Line, error) {
	q := tx.Gorm.Table("audit_entry").
		Select(
			"id",
			"at",
			"actor_kind",
			"actor_id",
			"action",
			"subject_kind",
			"subject_id",
			"detail",
			"token_id",
			"coalesce(array_to_string(token_issuers, ','), '') as issuers",
		).
		Where("organization_id = ?", organization)
	if after != nil {
		q = q.Where("at <= ? and (at < ? or id > ?)", after.At, after.At, after.ID)
	}
	var rows []row
	if err := q.Order("at desc, id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, err
	}
	lines := make([]Line, len(rows))
	for i, r := range rows {
		lines[i] = Line{
			ID:          r.ID,
			At:          r.At,
			ActorKind:   r.ActorKind,
			Action:      r.Action,
			SubjectKind: r.SubjectKind,
			SubjectID:   r.SubjectID,
		}
		if r.ActorID != nil {
			lines[i].ActorID = *r.ActorID
		}
		if r.TokenID != nil {
			lines[i].TokenID = *r.TokenID
		}
		for id := range strings.SplitSeq(r.Issuers, ",") {
			if issuer, err := uuid.Parse(id); err == nil {
				lines[i].TokenIssuers = append(lines[i].TokenIssuers, issuer)
			}
		}
		if err := json.Unmarshal(r.Detail, &lines[i].Detail); err != nil {
			return nil, fmt.Errorf("read detail of %s: %w", r.ID, err)
		}
	}
	return lines, nil
}
