package venue

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/text/unicode/norm"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const roomColumns = `r.id, r.organization_id, r.facility_id, r.status, r.closed_on, r.close_reason, r.modified_at,
	  r.name, r.kana, r.english, r.floor, r.description,
	r.area_m2::float8, r.capacity, r.food_ok, r.noise, r.setup_minutes, r.clearing_minutes, r.open_to, r.layouts,
	  r.equipment, r.uses, r.fees, r.exemptions, r.terms, r.position`

func scanRoom(row pgx.CollectableRow) (Room, error) {
	var r Room
	err := row.Scan(
		&r.ID,
		&r.Organization.ID,
		&r.Facility.ID,
		&r.Status,
		&r.ClosedOn,
		&r.CloseReason,
		&r.ModifiedAt,
		&r.Name,
		&r.Kana,
		&r.English,
		&r.Floor,
		&r.Description,
		&r.AreaM2,
		&r.Capacity,
		&r.FoodOK,
		&r.Noise,
		&r.SetupMinutes,
		&r.ClearingMinutes,
		&r.OpenTo,
		&r.Layouts,
		&r.Equipment,
		&r.Uses,
		&r.Fees,
		&r.Exemptions,
		&r.Terms,
		&r.Position,
	)
	r.ModifiedAt = r.ModifiedAt.UTC()
	return r, err
}

// queryRooms gives rooms whole. tail is what follows "from room r join facility f".
func (s *Service) queryRooms(ctx context.Context, tx *postgres.Tx, tail string, args ...any) ([]Room, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		"select "+roomColumns+" from room r join facility f on f.id = r.facility_id "+tail,
		args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scanRoom)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	if len(all) == 0 {
		return all, nil
	}
	at := map[uuid.UUID]*Room{}
	facilities, ids := map[uuid.UUID]bool{}, make([]uuid.UUID, len(all))
	for i := range all {
		ids[i] = all[i].ID
		at[ids[i]] = &all[i]
		facilities[all[i].Facility.ID] = true
	}
	found, err := s.queryFacilities(ctx, tx, "where f.id = any ($1)", sortedIDs(facilities))
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, f := range found {
			if f.ID == all[i].Facility.ID {
				all[i].Facility, all[i].Organization = f, f.Organization
			}
		}
	}
	if err := addParts(ctx, tx, at, ids); err != nil {
		return nil, err
	}
	photos, err := selectPhotos(ctx, tx, ids, false)
	if err != nil {
		return nil, err
	}
	for id, r := range at {
		r.Photos = photos[id]
	}
	return all, nil
}

// addParts fills what rooms have in tables of their own.
func addParts(ctx context.Context, tx *postgres.Tx, at map[uuid.UUID]*Room, ids []uuid.UUID) error {
	var room, other uuid.UUID
	var exclusive bool
	var word string
	for _, q := range []struct {
		sql     string
		targets []any
		keep    func()
	}{
		{
			`select x.room_id, x.space_id, x.exclusive from room_space x join space s on s.id = x.space_id
				where x.room_id = any ($1) order by x.room_id, s.position, s.id`,
			[]any{&room, &other, &exclusive},
			func() { at[room].Spaces = append(at[room].Spaces, RoomSpace{SpaceID: other, Shared: !exclusive}) },
		},
		{
			`select x.room_id, p.slug from room_partnership x join partnership p on p.id = x.partnership_id
				where x.room_id = any ($1) order by x.room_id, p.slug`,
			[]any{&room, &word},
			func() { at[room].Partnerships = append(at[room].Partnerships, word) },
		},
		{
			`select room_id, neighbour_id, rule from room_neighbour where room_id = any ($1)
			union all select neighbour_id, room_id, rule from room_neighbour where neighbour_id = any ($1)
				order by 1, 2`,
			[]any{&room, &other, &word},
			func() {
				at[room].Neighbours = append(at[room].Neighbours, Neighbour{RoomID: other, Rule: NoiseRule(word)})
			},
		},
	} {
		rows, err := tx.Pgx.Query(ctx, q.sql, ids)
		if err != nil {
			return err
		}
		if _, err := pgx.ForEachRow(rows, q.targets, func() error { q.keep(); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// setParts leaves a room exactly these spaces, partnerships and neighbours.
func setParts(
	ctx context.Context,
	tx *postgres.Tx,
	room, facility uuid.UUID,
	in RoomInput,
	view *organization.View,
) error {
	for _, sql := range []string{
		"delete from room_space where room_id = $1", "delete from room_partnership where room_id = $1",
		"delete from room_neighbour where room_id = $1 or neighbour_id = $1",
	} {
		if _, err := tx.Pgx.Exec(ctx, sql, room); err != nil {
			return err
		}
	}
	for i, s := range in.Spaces {
		_, err := tx.Pgx.Exec(ctx, `
			insert into room_space (organization_id, facility_id, room_id, space_id, exclusive)
				values (app_organization(), $1, $2, $3, $4)`, facility, room, s.SpaceID, !s.Shared)
		if postgres.Violates(err, "room_space_space_fkey") {
			return ErrInvalid.Field(fmt.Sprintf("spaces.%d.space_id", i), "not_found")
		}
		if err != nil {
			return err
		}
	}
	for i, slug := range in.Partnerships {
		p, err := view.Partnership(slug)
		if err != nil {
			return ErrInvalid.Field(fmt.Sprintf("partnerships.%d", i), "not_found")
		}
		if _, err := tx.Pgx.Exec(
			ctx,
			`insert into room_partnership (organization_id, room_id, partnership_id)
				values (app_organization(), $1, $2)`,
			room,
			p.ID,
		); err != nil {
			return err
		}
	}
	for i, n := range in.Neighbours {
		_, err := tx.Pgx.Exec(ctx, `
			insert into room_neighbour (organization_id, facility_id, room_id, neighbour_id, rule)
			values (app_organization(), $1, least($2::uuid, $3::uuid), greatest($2::uuid, $3::uuid), $4)`,
			facility, room, n.RoomID, n.Rule)
		if state, _ := postgres.Constraint(err); state == "23503" || state == "23514" { // elsewhere, or the room itself
			return ErrInvalid.Field(fmt.Sprintf("neighbours.%d.room_id", i), "not_found")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

const roomOrder = " order by f.area_code, f.position, f.id, r.position, r.id limit "

func (s *Service) selectRooms(ctx context.Context, tx *postgres.Tx, f RoomFilter, own uuid.UUID) ([]Room, error) {
	q := &query{}
	if own != uuid.Nil {
		q.add("r.organization_id = %s", own)
	} else {
		q.add("r.listed and r.status = 'open' and f.listed and f.status = 'open'")
	}
	if f.Organization != "" {
		q.add("r.organization_id = (select o.id from organization o where o.slug = %s)", f.Organization)
	}
	if f.Facility != uuid.Nil {
		q.add("r.facility_id = %s", f.Facility)
	}
	if f.Area != "" {
		q.add("f.area_code = %s", f.Area)
	}
	if f.Partnership != "" {
		q.add(
			"exists (select from room_partnership x join partnership p on p.id = x.partnership_id where x.room_id = "+
				"r.id and p.slug = %s)",
			f.Partnership,
		)
	}
	switch {
	case f.Layout != "":
		q.add(
			"exists (select from jsonb_array_elements(r.layouts) l where l ->> 'kind' = %s and (l ->> "+
				"'capacity')::int >= %s)",
			f.Layout,
			f.Capacity,
		)
	case f.Capacity > 0:
		q.add("r.capacity >= %s", f.Capacity)
	}
	for _, kind := range f.Equipment {
		q.add("exists (select from jsonb_array_elements(r.equipment) e where e ->> 'kind' = %s)", kind)
	}
	for _, pattern := range patterns(f.Query) {
		q.add("(r.search_text like %s or f.search_text like %[1]s)", pattern)
	}
	if f.After != uuid.Nil {
		q.add(`(f.area_code, f.position, f.id, r.position, r.id) > (
			select b.area_code, b.position, b.id, a.position, a.id from room a
				join facility b on b.id = a.facility_id where a.id = %s)`, f.After)
	}
	return s.queryRooms(ctx, tx, "where "+q.where()+roomOrder+q.arg(f.Limit+1), q.args...)
}

// patterns turns words into LIKE patterns over the search text, which is lower-case NFKC; at most
// eight count.
func patterns(words string) []string {
	var all []string
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	for _, w := range strings.Fields(strings.ToLower(norm.NFKC.String(words))) {
		if all = append(all, "%"+escape.Replace(w)+"%"); len(all) == 8 {
			break
		}
	}
	return all
}

func (s *Service) oneRoom(ctx context.Context, tx *postgres.Tx, condition string, id uuid.UUID) (Room, error) {
	all, err := s.queryRooms(ctx, tx, "where r.id = $1 and "+condition, id)
	if err != nil {
		return Room{}, err
	}
	if len(all) == 0 {
		return Room{}, ErrRoomUnknown
	}
	return all[0], nil
}

// selectPhotos gives pictures by facility, those of the facility itself, or by room.
func selectPhotos(
	ctx context.Context,
	tx *postgres.Tx,
	ids []uuid.UUID,
	ofFacilities bool,
) (map[uuid.UUID][]Photo, error) {
	owner, condition := "p.room_id", "p.room_id = any ($1)"
	if ofFacilities {
		owner, condition = "p.facility_id", "p.facility_id = any ($1) and p.room_id is null"
	}
	rows, err := tx.Pgx.Query(ctx, `
		select `+owner+`, p.id, p.room_id, p.position, p.alt, p.credit, p.license, i.size, i.width, i.height, i.checksum
		from photo p join photo_image i on i.photo_id = p.id
		where `+condition+` order by 1, p.position, p.id, i.width, array_position(array['small', 'medium', 'large'],
		  i.size)`,
		ids,
	)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID][]Photo{}
	var of uuid.UUID
	var p Photo
	var i Image
	var checksum []byte
	_, err = pgx.ForEachRow(
		rows,
		[]any{&of, &p.ID, &p.Room, &p.Position, &p.Alt, &p.Credit, &p.License, &i.Size, &i.Width, &i.Height, &checksum},
		func() error {
			photos := all[of]
			if n := len(photos); n == 0 || photos[n-1].ID != p.ID {
				photos = append(photos, p)
			}
			i.Address = addressOf(checksum)
			last := &photos[len(photos)-1]
			last.Images = append(last.Images, i)
			all[of] = photos
			return nil
		},
	)
	return all, err
}

func selectImage(ctx context.Context, tx *postgres.Tx, checksum []byte) ([]byte, error) {
	var body []byte
	err := tx.Pgx.QueryRow(ctx, "select body from photo_image where checksum = $1 limit 1", checksum).Scan(&body)
	if postgres.NoRows(err) {
		return nil, ErrPhotoUnknown
	}
	return body, err
}

func insertPhoto(
	ctx context.Context,
	tx *postgres.Tx,
	facility uuid.UUID,
	in PhotoInput,
	images []rendered,
) (uuid.UUID, error) {
	id, err := insert(tx, &photoRow{
		FacilityID: facility,
		RoomID:     in.Room,
		Position:   in.Position,
		Alt:        in.Alt,
		Credit:     in.Credit,
		License:    in.License,
	})
	if err != nil {
		return uuid.Nil, err
	}
	for _, i := range images {
		_, err := tx.Pgx.Exec(ctx, `
			insert into photo_image (organization_id, photo_id, size, width, height, body)
				values (app_organization(), $1, $2, $3, $4, $5)`, id, i.size, i.width, i.height, i.body)
		if err != nil {
			return uuid.Nil, err
		}
	}
	return id, nil
}

func countPhotos(ctx context.Context, tx *postgres.Tx, facility uuid.UUID, room *uuid.UUID) (n int, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		"select count(*) from photo where facility_id = $1 and room_id is not distinct from $2",
		facility,
		room,
	).Scan(
		&n,
	)
	return n, err
}

// photoPlace gives the room or else the facility that a picture of the organization's own belongs
// to.
func photoPlace(ctx context.Context, tx *postgres.Tx, facility, id uuid.UUID) (of uuid.UUID, isRoom bool, err error) {
	err = tx.Pgx.QueryRow(ctx, `
		select coalesce(room_id, facility_id), room_id is not null from photo
		where id = $1 and facility_id = $2 and organization_id = app_organization()`, id, facility).Scan(&of, &isRoom)
	if postgres.NoRows(err) {
		err = ErrPhotoUnknown
	}
	return of, isRoom, err
}
