package venue

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// list keeps an empty document from being null.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// refused turns what the schema refuses into what callers hear.
func refused(err error) error {
	state, constraint := postgres.Constraint(err)
	switch {
	case err == nil:
		return nil
	case constraint == "room_name_key" || constraint == "space_name_key":
		return ErrNameTaken.Because(err)
	case constraint == "facility_outside_key":
		return ErrOutsideTaken.Because(err)
	case constraint == "room_space_space_fkey":
		return ErrSpaceUsed.Because(err)
	case state == "23503": // something stands on it
		return ErrInUse.Because(err)
	}
	return fmt.Errorf("write venue: %w", err)
}

type scannedFacility struct {
	Facility
	organization uuid.UUID
	outside      *string
	corporate    *string
}

// facilityColumns and scanTargets are in one order.
const facilityColumns = `f.id, f.organization_id, f.status, f.closed_on, f.close_reason, f.modified_at, f.name,
	  f.kana, f.english, f.alias, f.area_code,
	f.postal_code, f.address, f.building, f.latitude::float8, f.longitude::float8, f.access, f.phone,
	  f.phone_extension, f.email, f.website, f.description, f.floor_info,
	f.operated_by, f.corporate_number, f.poi_code, f.outside_id, f.barrier_free, f.barriers, f.barrier_note, f.hours,
	  f.hours_note, f.position`

func (r *scannedFacility) targets() []any {
	return []any{
		&r.ID,
		&r.organization,
		&r.Status,
		&r.ClosedOn,
		&r.CloseReason,
		&r.ModifiedAt,
		&r.Name,
		&r.Kana,
		&r.English,
		&r.Alias,
		&r.AreaCode,
		&r.PostalCode,
		&r.Address,
		&r.Building,
		&r.Latitude,
		&r.Longitude,
		&r.Access,
		&r.Phone,
		&r.PhoneExtension,
		&r.Email,
		&r.Website,
		&r.Description,
		&r.FloorInfo,
		&r.OperatedBy,
		&r.corporate,
		&r.POICode,
		&r.outside,
		&r.BarrierFree,
		&r.Barriers,
		&r.BarrierNote,
		&r.Hours,
		&r.HoursNote,
		&r.Position,
	}
}

// queryFacilities gives facilities with their spaces. tail is what follows "from facility f"; ctx
// is held's.
func (s *Service) queryFacilities(ctx context.Context, tx *postgres.Tx, tail string, args ...any) ([]Facility, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Pgx.Query(ctx, "select "+facilityColumns+" from facility f "+tail, args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Facility, error) {
		var r scannedFacility
		if err := row.Scan(r.targets()...); err != nil {
			return Facility{}, err
		}
		if r.outside != nil {
			r.OutsideID = *r.outside
		}
		if r.corporate != nil {
			r.CorporateNumber = *r.corporate
		}
		r.Organization.ID = r.organization
		r.ModifiedAt = r.ModifiedAt.UTC()
		return r.Facility, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read facilities: %w", err)
	}
	for i := range all {
		if all[i].Organization, err = view.RefTx(tx, all[i].Organization.ID); err != nil {
			return nil, fmt.Errorf("name a facility's organization: %w", err)
		}
	}
	return all, addSpaces(ctx, tx, all)
}

func addSpaces(ctx context.Context, tx *postgres.Tx, facilities []Facility) error {
	at := map[uuid.UUID]*Facility{}
	ids := make([]uuid.UUID, len(facilities))
	for i := range facilities {
		ids[i] = facilities[i].ID
		at[ids[i]] = &facilities[i]
	}
	rows, err := tx.Pgx.Query(
		ctx,
		`select facility_id, id, name, floor from space where facility_id = any ($1)
			order by facility_id, position, id`,
		ids,
	)
	if err != nil {
		return err
	}
	var facility uuid.UUID
	var s Space
	_, err = pgx.ForEachRow(rows, []any{&facility, &s.ID, &s.Name, &s.Floor}, func() error {
		at[facility].Spaces = append(at[facility].Spaces, s)
		return nil
	})
	return err
}

// setSpaces leaves a facility exactly these spaces, in this order. ErrSpaceUsed when a room is made
// of one that would go.
func setSpaces(ctx context.Context, tx *postgres.Tx, facility uuid.UUID, spaces []Space) error {
	var keep []uuid.UUID
	for _, s := range spaces {
		if s.ID != uuid.Nil {
			keep = append(keep, s.ID)
		}
	}
	if _, err := tx.Pgx.Exec(ctx, `
		delete from space where facility_id = $1 and organization_id = app_organization() and id <> all ($2)`,
		facility, list(keep),
	); err != nil {
		return refused(err)
	}
	for i, s := range spaces {
		row := spaceRow{FacilityID: facility, Name: s.Name, Floor: s.Floor, Position: i}
		if s.ID == uuid.Nil {
			if _, err := insert(tx, &row); err != nil {
				return err
			}
			continue
		}
		unknown := ErrInvalid.Field(fmt.Sprintf("spaces.%d.id", i), "not_found")
		if err := updateWhere(tx, &row, unknown, "facility_id = ? and id = ?", facility, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// facilityOrder is the order of lists, which page by page goes on behind the last facility.
const facilityOrder = " order by f.area_code, f.position, f.id limit "

func (s *Service) selectFacilities(
	ctx context.Context,
	tx *postgres.Tx,
	f FacilityFilter,
	own uuid.UUID,
) ([]Facility, error) {
	q := &query{}
	if own != uuid.Nil {
		q.add("f.organization_id = %s", own)
	} else {
		q.add("f.listed and f.status = 'open'")
	}
	if f.Organization != "" {
		q.add("f.organization_id = (select o.id from organization o where o.slug = %s)", f.Organization)
	}
	if f.Area != "" {
		q.add("f.area_code = %s", f.Area)
	}
	for _, pattern := range patterns(f.Query) {
		q.add("f.search_text like %s", pattern)
	}
	if f.After != uuid.Nil {
		q.add(
			"(f.area_code, f.position, f.id) > (select a.area_code, a.position, a.id from facility a where a.id = %s)",
			f.After,
		)
	}
	return s.queryFacilities(ctx, tx, "where "+q.where()+facilityOrder+q.arg(f.Limit+1), q.args...)
}

// query collects conditions with their values.
type query struct {
	conditions []string
	args       []any
}

func (q *query) arg(value any) string {
	q.args = append(q.args, value)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *query) add(condition string, values ...any) {
	places := make([]any, len(values))
	for i, v := range values {
		places[i] = q.arg(v)
	}
	q.conditions = append(q.conditions, fmt.Sprintf(condition, places...))
}

func (q *query) where() string { return strings.Join(q.conditions, " and ") }

func (s *Service) oneFacility(ctx context.Context, tx *postgres.Tx, condition string, id uuid.UUID) (Facility, error) {
	all, err := s.queryFacilities(ctx, tx, "where f.id = $1 and "+condition, id)
	if err != nil {
		return Facility{}, err
	}
	if len(all) == 0 {
		return Facility{}, ErrFacilityUnknown
	}
	f := all[0]
	photos, err := selectPhotos(ctx, tx, []uuid.UUID{f.ID}, true)
	f.Photos = photos[f.ID]
	return f, err
}

func selectClosures(
	ctx context.Context,
	tx *postgres.Tx,
	facility uuid.UUID,
	from, to time.Time,
) ([]ClosureEntry, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select id, room_id, lower(span), upper(span), reason from closure
		where facility_id = $1 and span && tstzrange($2, $3) order by lower(span), id limit 500`, facility, from, to)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ClosureEntry, error) {
		var c ClosureEntry
		err := row.Scan(&c.ID, &c.Room, &c.From, &c.To, &c.Reason)
		return c, err
	})
}

func insertClosure(ctx context.Context, tx *postgres.Tx, facility uuid.UUID, in ClosureInput) (uuid.UUID, error) {
	var id uuid.UUID
	err := tx.Pgx.QueryRow(ctx, `
		insert into closure (organization_id, facility_id, room_id, span, reason)
		select f.organization_id, f.id, $2, tstzrange($3, $4), $5 from facility f
			where f.id = $1 and f.organization_id = app_organization()
		returning id`, facility, in.Room, in.Starts, in.Ends, in.Reason).Scan(&id)
	switch {
	case postgres.NoRows(err):
		return uuid.Nil, ErrFacilityUnknown
	case postgres.Violates(err, "closure_room_fkey"):
		return uuid.Nil, ErrInvalid.Field("room_id", "not_found")
	}
	return id, refused(err)
}

func removeClosure(ctx context.Context, tx *postgres.Tx, facility, id uuid.UUID) error {
	tag, err := tx.Pgx.Exec(
		ctx,
		`delete from closure where id = $1 and facility_id = $2 and organization_id = app_organization()`,
		id,
		facility,
	)
	if err == nil && tag.RowsAffected() == 0 {
		return ErrClosureUnknown
	}
	return err
}

func sortedIDs(ids map[uuid.UUID]bool) []uuid.UUID {
	all := make([]uuid.UUID, 0, len(ids))
	for id := range ids {
		all = append(all, id)
	}
	slices.SortFunc(all, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	return all
}
