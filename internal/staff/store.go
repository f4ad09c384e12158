package staff

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm/clause"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type memberRow struct {
	OrganizationID uuid.UUID  `gorm:"column:organization_id"`
	ID             uuid.UUID  `gorm:"column:id;primaryKey"`
	Email          string     `gorm:"column:email"`
	Name           string     `gorm:"column:name"`
	PasswordHash   string     `gorm:"column:password_hash"`
	Role           Role       `gorm:"column:role"`
	DisabledAt     *time.Time `gorm:"column:disabled_at"`
}

func (memberRow) TableName() string { return "staff" }

func (r memberRow) member() Member {
	return Member{
		ID:             r.ID,
		OrganizationID: r.OrganizationID,
		Email:          r.Email,
		Name:           r.Name,
		Role:           r.Role,
		Disabled:       r.DisabledAt != nil,
	}
}

type tokenRow struct {
	OrganizationID uuid.UUID  `gorm:"column:organization_id"`
	ID             uuid.UUID  `gorm:"column:id;primaryKey"`
	StaffID        uuid.UUID  `gorm:"column:staff_id"`
	Name           string     `gorm:"column:name"`
	ExpiresAt      time.Time  `gorm:"column:expires_at"`
	RevokedAt      *time.Time `gorm:"column:revoked_at"`
	CreatedAt      time.Time  `gorm:"column:created_at"`
}

func (tokenRow) TableName() string { return "api_token" }

// tokenByMAC looks under every key the token may be stored under; ErrTokenUnknown when there is
// none in the transaction's organization.
func tokenByMAC(ctx context.Context, tx *postgres.Tx, macs [][]byte) (foundToken, error) {
	var f foundToken
	var disabledAt, revokedAt *time.Time
	m := &f.member
	err := tx.Pgx.QueryRow(ctx, `
		select t.id, t.expires_at, t.revoked_at, s.id, s.organization_id, s.email, s.name, s.role, s.disabled_at
		from api_token t join staff s on s.organization_id = t.organization_id and s.id = t.staff_id
		where t.mac = any($1)`, macs).
		Scan(&f.id, &f.expiresAt, &revokedAt, &m.ID, &m.OrganizationID, &m.Email, &m.Name, &m.Role, &disabledAt)
	if postgres.NoRows(err) {
		return foundToken{}, ErrTokenUnknown
	}
	if err != nil {
		return foundToken{}, fmt.Errorf("read token: %w", err)
	}
	f.revoked, m.Disabled = revokedAt != nil, disabledAt != nil
	return f, nil
}

// memberByEmail gives the password's hash too; ErrNotFound.
func memberByEmail(tx *postgres.Tx, organizationID uuid.UUID, email string) (Member, string, error) {
	var r memberRow
	err := tx.Gorm.Select("organization_id", "id", "email", "name", "password_hash", "role", "disabled_at").
		Where("organization_id = ? and email = ?", organizationID, email).Take(&r).Error
	if postgres.NoRows(err) {
		return Member{}, "", ErrNotFound
	}
	if err != nil {
		return Member{}, "", fmt.Errorf("read staff: %w", err)
	}
	return r.member(), r.PasswordHash, nil
}

func members(tx *postgres.Tx, organizationID uuid.UUID) ([]Member, error) {
	var rows []memberRow
	err := tx.Gorm.Select("organization_id", "id", "email", "name", "role", "disabled_at").
		Where("organization_id = ?", organizationID).Order("email").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read staff: %w", err)
	}
	all := make([]Member, len(rows))
	for i, r := range rows {
		all[i] = r.member()
	}
	return all, nil
}

func insertMember(tx *postgres.Tx, m Member, hash string) (uuid.UUID, error) {
	r := memberRow{OrganizationID: m.OrganizationID, Email: m.Email, Name: m.Name, PasswordHash: hash, Role: m.Role}
	err := tx.Gorm.Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}}}).
		Select("organization_id", "email", "name", "password_hash", "role").Create(&r).Error
	switch {
	case postgres.Violates(err, "staff_email_key"):
		return uuid.Nil, ErrEmailTaken.Because(err)
	case postgres.Violates(err, "staff_organization_fkey"):
		return uuid.Nil, organization.ErrNotFound.Because(err)
	case err != nil:
		return uuid.Nil, fmt.Errorf("write staff: %w", err)
	}
	return r.ID, nil
}

// disable gives false when the member was disabled before.
func disable(tx *postgres.Tx, id uuid.UUID) (bool, error) {
	done := tx.Gorm.Model(&memberRow{}).
		Where("organization_id = ? and id = ? and disabled_at is null", tx.Organization, id).
		UpdateColumn("disabled_at", tx.Now)
	return changed(tx, done.RowsAffected, done.Error, &memberRow{}, id, ErrNotFound)
}

// revoke gives false when the token was revoked before.
func revoke(tx *postgres.Tx, id uuid.UUID) (bool, error) {
	done := tx.Gorm.Model(&tokenRow{}).
		Where("organization_id = ? and id = ? and revoked_at is null", tx.Organization, id).
		UpdateColumn("revoked_at", tx.Now)
	return changed(tx, done.RowsAffected, done.Error, &tokenRow{}, id, ErrTokenNotFound)
}

// changed tells a row that already is as wanted from one that is not there.
func changed(tx *postgres.Tx, affected int64, err error, model any, id uuid.UUID, absent error) (bool, error) {
	if err != nil {
		return false, fmt.Errorf("write row: %w", err)
	}
	if affected > 0 {
		return true, nil
	}
	var n int64
	if err := tx.Gorm.Model(model).Where("organization_id = ? and id = ?", tx.Organization, id).
		Count(&n).Error; err != nil {
		return false, fmt.Errorf("read row: %w", err)
	}
	if n == 0 {
		return false, absent
	}
	return false, nil
}

// insertToken takes the member from the table, so that a disabled or foreign one gets none; the
// composite key is the backstop.
func insertToken(
	ctx context.Context,
	tx *postgres.Tx,
	organizationID, member uuid.UUID,
	name string,
	mac []byte,
	expiresAt time.Time,
) (Token, error) {
	t := Token{StaffID: member, Name: name, ExpiresAt: expiresAt}
	err := tx.Pgx.QueryRow(ctx, `
		insert into api_token (organization_id, staff_id, name, mac, expires_at)
		select s.organization_id, s.id, $3, $4, $5 from staff s
			where s.organization_id = $1 and s.id = $2 and s.disabled_at is null
		returning id, issuers, created_at`, organizationID, member, name, mac, expiresAt).Scan(&t.ID, &t.Issuers,
		&t.CreatedAt)
	if postgres.NoRows(err) {
		return Token{}, ErrNotFound
	}
	if err != nil {
		return Token{}, fmt.Errorf("write token: %w", err)
	}
	return t, nil
}

func tokens(ctx context.Context, tx *postgres.Tx, organizationID uuid.UUID) ([]Token, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select id, staff_id, name, issuers, expires_at, revoked_at, created_at from api_token
			where organization_id = $1 order by created_at desc, id`, organizationID)
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Token])
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	return all, nil
}

func slugOf(tx *postgres.Tx, organizationID uuid.UUID) (string, error) {
	var slugs []string
	if err := tx.Gorm.Table("organization").Where("id = ?", organizationID).Pluck("slug", &slugs).Error; err != nil {
		return "", fmt.Errorf("read organization: %w", err)
	}
	if len(slugs) == 0 {
		return "", organization.ErrNotFound
	}
	return slugs[0], nil
}
