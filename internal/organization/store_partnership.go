package organization

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// resolve gives the members and then the partner groups, or ErrPartnershipInvalid with the places
// of those that are unknown or of the other kind.
func resolve(tx *postgres.Tx, in PartnershipInput) ([]Ref, error) {
	known, err := bySlug(tx, slices.Concat(in.Members, in.PartnerGroups))
	if err != nil {
		return nil, err
	}
	invalid := ErrPartnershipInvalid
	var refs []Ref
	seen := map[string]bool{}
	for _, list := range []struct {
		field string
		kind  Kind
		slugs []string
	}{{"members", Municipality, in.Members}, {"partner_groups", PartnerGroup, in.PartnerGroups}} {
		for i, slug := range list.slugs {
			field := list.field + "." + strconv.Itoa(i)
			switch o, ok := known[slug]; {
			case !ok || o.Kind != list.kind:
				invalid = invalid.Field(field, "not_found")
			case o.Closed():
				invalid = invalid.Field(field, "organization_closed")
			case seen[slug]:
				invalid = invalid.Field(field, "duplicate")
			default:
				seen[slug] = true
				refs = append(refs, o.Ref())
			}
		}
	}
	return refs, invalid.Or()
}

// upsertPartnership also locks the row, so that two set-ups of the same partnership take turns with
// its members.
func upsertPartnership(ctx context.Context, tx *postgres.Tx, in PartnershipInput) (uuid.UUID, error) {
	var id uuid.UUID
	err := tx.Pgx.QueryRow(ctx, `
		insert into partnership (slug, name, description, position) values ($1, $2, $3, $4)
		on conflict on constraint partnership_slug_key do update
			set name = excluded.name, description = excluded.description, position = excluded.position
		returning id`, in.Slug, in.Name, in.Description, in.Position).Scan(&id)
	if err != nil {
		return uuid.Nil, fmt.Errorf("write partnership: %w", err)
	}
	return id, nil
}

// setMembers leaves exactly the given members, in this order, and tells who joined and who left.
func setMembers(
	ctx context.Context,
	tx *postgres.Tx,
	partnership uuid.UUID,
	members []Ref,
) (joined, left []uuid.UUID, err error) {
	ids, positions := make([]uuid.UUID, len(members)), make([]int32, len(members))
	for i, m := range members {
		ids[i], positions[i] = m.ID, int32(i)
	}
	left, err = collect(ctx, tx, `
		delete from partnership_member where partnership_id = $1 and organization_id <> all($2)
			returning organization_id`, partnership, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("remove partnership members: %w", err)
	}
	joined, err = collect(ctx, tx, `
		insert into partnership_member (partnership_id, organization_id, position)
		select $1, m.id, m.position from unnest($2::uuid[], $3::integer[]) as m (id, position)
		on conflict on constraint partnership_member_pkey do nothing
		returning organization_id`, partnership, ids, positions)
	if err != nil {
		return nil, nil, fmt.Errorf("add partnership members: %w", err)
	}
	_, err = tx.Pgx.Exec(ctx, `
		update partnership_member p set position = m.position from unnest($2::uuid[], $3::integer[]) as m (id, position)
		where p.partnership_id = $1 and p.organization_id = m.id and p.position <> m.position`, partnership, ids,
		positions)
	if err != nil {
		return nil, nil, fmt.Errorf("order partnership members: %w", err)
	}
	return joined, left, nil
}

func collect(ctx context.Context, tx *postgres.Tx, sql string, args ...any) ([]uuid.UUID, error) {
	rows, err := tx.Pgx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// prefixed adds the fields that err names to v, under the place of the input they belong to.
func prefixed(v *fault.Error, place int, err error) *fault.Error {
	f, ok := fault.As(err)
	if !ok {
		return v
	}
	c := *v
	c.Fields = slices.Clone(v.Fields)
	for _, field := range f.Fields {
		field.Name = strconv.Itoa(place) + "." + field.Name
		c.Fields = append(c.Fields, field)
	}
	return &c
}
