package organization

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

type row struct {
	ID           uuid.UUID  `gorm:"column:id;primaryKey"`
	Kind         Kind       `gorm:"column:kind"`
	Slug         string     `gorm:"column:slug"`
	Code         *string    `gorm:"column:code"`
	Name         string     `gorm:"column:name"`
	Kana         string     `gorm:"column:kana"`
	English      string     `gorm:"column:english"`
	Area         string     `gorm:"column:area"`
	Introduction string     `gorm:"column:introduction"`
	Website      string     `gorm:"column:website"`
	Online       bool       `gorm:"column:online"`
	RegisteredBy *uuid.UUID `gorm:"column:registered_by"`
	Position     int        `gorm:"column:position"`
	ClosedAt     *time.Time `gorm:"column:closed_at"`
}

func (row) TableName() string { return "organization" }

var columns = []string{
	"id",
	"kind",
	"slug",
	"code",
	"name",
	"kana",
	"english",
	"area",
	"introduction",
	"website",
	"online",
	"registered_by",
	"position",
	"closed_at",
}

type partnershipRow struct {
	ID          uuid.UUID `gorm:"column:id;primaryKey"`
	Slug        string    `gorm:"column:slug"`
	Name        string    `gorm:"column:name"`
	Description string    `gorm:"column:description"`
	Position    int       `gorm:"column:position"`
}

func (partnershipRow) TableName() string { return "partnership" }

type memberRow struct {
	PartnershipID  uuid.UUID `gorm:"column:partnership_id"`
	OrganizationID uuid.UUID `gorm:"column:organization_id"`
}

func (memberRow) TableName() string { return "partnership_member" }

func (r row) organization(registrar *Ref) Organization {
	o := Organization{
		ID:           r.ID,
		Kind:         r.Kind,
		Slug:         r.Slug,
		Name:         r.Name,
		Kana:         r.Kana,
		English:      r.English,
		Area:         r.Area,
		Introduction: r.Introduction,
		Website:      r.Website,
		Online:       r.Online,
		RegisteredBy: registrar,
		Position:     r.Position,
	}
	if r.Code != nil {
		o.Code = *r.Code
	}
	if r.ClosedAt != nil {
		o.ClosedAt = *r.ClosedAt
	}
	return o
}

// readAll reads both tables whole. One snapshot a statement is enough: a member not yet known is
// left out until the next reading.
func readAll(tx *postgres.Tx) ([]Organization, []Partnership, error) {
	var rows []row
	if err := tx.Gorm.Select(columns).Order("kind, position, code, slug").Find(&rows).Error; err != nil {
		return nil, nil, fmt.Errorf("read organizations: %w", err)
	}
	known := make(map[uuid.UUID]Organization, len(rows))
	for _, r := range rows {
		known[r.ID] = r.organization(nil)
	}
	organizations := make([]Organization, len(rows))
	for i, r := range rows {
		var registrar *Ref
		if r.RegisteredBy != nil {
			if o, ok := known[*r.RegisteredBy]; ok {
				ref := o.Ref()
				registrar = &ref
			}
		}
		organizations[i] = r.organization(registrar)
	}
	var agreed []partnershipRow
	if err := tx.Gorm.Select(
		"id",
		"slug",
		"name",
		"description",
		"position",
	).Order(
		"position, slug",
	).Find(
		&agreed,
	).Error; err != nil {
		return nil, nil, fmt.Errorf("read partnerships: %w", err)
	}
	var members []memberRow
	if err := tx.Gorm.Select(
		"partnership_id",
		"organization_id",
	).Order(
		"position, organization_id",
	).Find(
		&members,
	).Error; err != nil {
		return nil, nil, fmt.Errorf("read partnership members: %w", err)
	}
	partnerships := make([]Partnership, len(agreed))
	at := make(map[uuid.UUID]*Partnership, len(agreed))
	for i, r := range agreed {
		partnerships[i] = Partnership{
			ID:          r.ID,
			Slug:        r.Slug,
			Name:        r.Name,
			Description: r.Description,
			Position:    r.Position,
		}
		at[r.ID] = &partnerships[i]
	}
	for _, m := range members {
		p, o := at[m.PartnershipID], known[m.OrganizationID]
		if p != nil && o.ID != uuid.Nil && !o.Closed() {
			p.add(o.Ref())
		}
	}
	return organizations, partnerships, nil
}

func (p *Partnership) add(r Ref) {
	if r.Kind == Municipality {
		p.Members = append(p.Members, r)
	} else {
		p.PartnerGroups = append(p.PartnerGroups, r)
	}
}

// byID gives ErrNotFound for an unknown id.
func byID(tx *postgres.Tx, id uuid.UUID) (Organization, error) {
	var r row
	if err := tx.Gorm.Select(columns).Where("id = ?", id).Take(&r).Error; err != nil {
		if postgres.NoRows(err) {
			return Organization{}, ErrNotFound
		}
		return Organization{}, fmt.Errorf("read organization: %w", err)
	}
	if r.RegisteredBy == nil {
		return r.organization(nil), nil
	}
	registrar, err := byID(tx, *r.RegisteredBy) // a municipality, so this goes one step only
	if err != nil {
		return Organization{}, err
	}
	ref := registrar.Ref()
	return r.organization(&ref), nil
}

// row gives the values of a change and the columns that it has.
func (c Change) row() (r row, columns []string) {
	for _, f := range []struct {
		column string
		value  *string
		place  *string
	}{
		{"name", c.Name, &r.Name},
		{"kana", c.Kana, &r.Kana},
		{"english", c.English, &r.English},
		{"area", c.Area, &r.Area},
		{"introduction", c.Introduction, &r.Introduction},
		{"website", c.Website, &r.Website},
	} {
		if f.value != nil {
			*f.place, columns = *f.value, append(columns, f.column)
		}
	}
	if c.Online != nil {
		r.Online, columns = *c.Online, append(columns, "online")
	}
	return r, columns
}

// update writes columns of an organization, with the values that the row has.
func update(tx *postgres.Tx, id uuid.UUID, r row, columns ...string) error {
	done := tx.Gorm.Model(&row{}).Select(columns).Where("id = ?", id).Updates(r)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected == 0 {
		return ErrNotFound
	}
	return nil
}

// insertGroup names the very columns that tnm_staff may insert.
func insertGroup(tx *postgres.Tx, municipality uuid.UUID, in Input) (uuid.UUID, error) {
	r := row{
		Kind:         in.Kind,
		Slug:         in.Slug,
		Name:         in.Name,
		Kana:         in.Kana,
		English:      in.English,
		Area:         in.Area,
		Introduction: in.Introduction,
		Website:      in.Website,
		Online:       in.Online,
		RegisteredBy: &municipality,
	}
	err := tx.Gorm.Clauses(clause.Returning{Columns: []clause.Column{{Name: "id"}}}).
		Select("kind", "slug", "name", "kana", "english", "area", "introduction", "website", "online", "registered_by").
		Create(&r).Error
	return r.ID, refused(err)
}

// alone has set-ups take turns. "On conflict" looks at the slug alone: of two that add the same
// municipality at the same moment one could be told that its code is taken.
func alone(ctx context.Context, tx *postgres.Tx) error {
	if _, err := tx.Pgx.Exec(ctx, "lock table organization in share row exclusive mode"); err != nil {
		return fmt.Errorf("await other set-ups: %w", err)
	}
	return nil
}

// upsert writes nothing when nothing differs; changed says whether it did.
func upsert(ctx context.Context, tx *postgres.Tx, in Input) (ref Ref, changed bool, err error) {
	var registrar *uuid.UUID
	if in.RegisteredBy != "" {
		known, err := bySlug(tx, []string{in.RegisteredBy})
		if err != nil {
			return Ref{}, false, err
		}
		switch r := known[in.RegisteredBy]; {
		case r.Kind != Municipality:
			return Ref{}, false, ErrInvalid.Field("registered_by", "not_found")
		case r.Closed():
			return Ref{}, false, ErrInvalid.Field("registered_by", "organization_closed")
		default:
			registrar = &r.ID
		}
	}
	tag, err := tx.Pgx.Exec(
		ctx,
		`
		insert into organization as o (kind, slug, code, name, kana, english, area, introduction, website, online,
		  registered_by, position)
		values ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict on constraint organization_slug_key do update set
			code = excluded.code, name = excluded.name, online = excluded.online,
			  registered_by = excluded.registered_by, position = excluded.position,
			kana = coalesce(nullif(excluded.kana, ''), o.kana), english = coalesce(nullif(excluded.english, ''),
			  o.english),
			area = coalesce(nullif(excluded.area, ''), o.area), introduction = coalesce(nullif(excluded.introduction,
			  ''), o.introduction),
			website = coalesce(nullif(excluded.website, ''), o.website)
		where o.kind = excluded.kind and
			(o.code, o.name, o.online, o.registered_by, o.position, o.kana, o.english, o.area, o.introduction,
			  o.website) is distinct from
			(excluded.code, excluded.name, excluded.online, excluded.registered_by, excluded.position,
			 coalesce(nullif(excluded.kana, ''), o.kana), coalesce(nullif(excluded.english, ''), o.english),
			   coalesce(nullif(excluded.area, ''), o.area),
			 coalesce(nullif(excluded.introduction, ''), o.introduction), coalesce(nullif(excluded.website, ''),
			   o.website))`,
		in.Kind,
		in.Slug,
		in.Code,
		in.Name,
		in.Kana,
		in.English,
		in.Area,
		in.Introduction,
		in.Website,
		in.Online,
		registrar,
		in.Position,
	)
	if err != nil {
		return Ref{}, false, refused(err)
	}
	known, err := bySlug(tx, []string{in.Slug})
	if err != nil {
		return Ref{}, false, err
	}
	switch o := known[in.Slug]; {
	case o.Kind != in.Kind:
		return Ref{}, false, ErrKindFixed
	case o.Closed():
		return Ref{}, false, ErrClosed.With("slug", in.Slug)
	default:
		return o.Ref(), tag.RowsAffected() > 0, nil
	}
}

func refused(err error) error {
	switch {
	case err == nil:
		return nil
	case postgres.Violates(err, "organization_slug_key"):
		return ErrSlugTaken.Because(err)
	case postgres.Violates(err, "organization_code_key"):
		return ErrCodeTaken.Because(err)
	case postgres.Violates(err, "organization_name_alike"):
		return ErrNameAlike.Because(err)
	case postgres.Violates(err, "organization_name_reserved"):
		return ErrNameReserved.Because(err)
	case postgres.Violates(err, "organization_registrar_fkey"):
		return ErrNotMunicipality.Because(err)
	}
	return fmt.Errorf("write organization: %w", err)
}

// bySlug also keeps them from being closed until the transaction ends.
func bySlug(tx *postgres.Tx, slugs []string) (map[string]Organization, error) {
	var rows []row
	if err := tx.Gorm.Clauses(
		clause.Locking{Strength: "KEY SHARE"},
	).Select(
		columns,
	).Where(
		"slug in ?",
		slugs,
	).Find(
		&rows,
	).Error; err != nil {
		return nil, fmt.Errorf("read organizations by slug: %w", err)
	}
	known := make(map[string]Organization, len(rows))
	for _, r := range rows {
		known[r.Slug] = r.organization(nil)
	}
	return known, nil
}

// end closes an organization, or says with ErrHasPlans what stands in the way. reason is told at
// its facilities.
func end(ctx context.Context, tx *postgres.Tx, id uuid.UUID, on clock.Date, reason string) error {
	var events, bookings, rounds, applications, groups int
	err := tx.Pgx.QueryRow(
		ctx,
		"select events, bookings, rounds, applications, groups from organization_close($1, $2::text::date, $3)",
		id,
		on.String(),
		reason,
	).
		Scan(
			&events,
			&bookings,
			&rounds,
			&applications,
			&groups,
		)
	if err != nil {
		return fmt.Errorf("close organization: %w", err)
	}
	if events+bookings+rounds+applications+groups > 0 {
		return ErrHasPlans.With(
			"events",
			events,
		).With(
			"bookings",
			bookings,
		).With(
			"rounds",
			rounds,
		).With(
			"applications",
			applications,
		).With(
			"groups",
			groups,
		)
	}
	return nil
}
