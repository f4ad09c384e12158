package booking

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

const (
	placeStatement    = "select outcome, stands from booking_place($1, $2, $3, $4, $5)"
	togetherStatement = "select booking_place_all($1, $2, $3, $4)"
)

// Row has the columns of booking that a new one is given; booking_place sets the parties and the
// times of writing itself.
type Row struct {
	RoomID           uuid.UUID  `json:"room_id"`
	ID               uuid.UUID  `json:"id"`
	SeriesID         *uuid.UUID `json:"series_id"`
	Status           Status     `json:"status"`
	StartsAt         time.Time  `json:"starts_at"`
	EndsAt           time.Time  `json:"ends_at"`
	SetupMinutes     int        `json:"setup_minutes"`
	ClearingMinutes  int        `json:"clearing_minutes"`
	Title            string     `json:"title"`
	People           *int       `json:"people"`
	Noise            string     `json:"noise"`
	Wants            Status     `json:"wants"`
	HoldMinutes      *int       `json:"hold_minutes"`
	ExpiresAt        *time.Time `json:"expires_at"`
	Approvals        int        `json:"approvals"`
	ApprovalSteps    int        `json:"approval_steps"`
	Reason           string     `json:"reason"`
	Conditions       string     `json:"conditions"`
	FeeClass         string     `json:"fee_class"`
	FeeYen           *int       `json:"fee_yen"`
	Exemption        Exemption  `json:"exemption"`
	ExemptionClass   string     `json:"exemption_class"`
	ExemptionAsked   string     `json:"exemption_asked"`
	ExemptionAnswer  string     `json:"exemption_answer"`
	ExemptionPercent int        `json:"exemption_percent"`
	CancelUntil      *time.Time `json:"cancel_until"`
	PermitNumber     *string    `json:"permit_number"`
	Version          int        `json:"version"`
}

func rowOf(b *Booking) Row {
	return Row{
		RoomID:           b.Room.ID,
		ID:               b.ID,
		SeriesID:         b.SeriesID,
		Status:           b.Status,
		StartsAt:         b.StartsAt,
		EndsAt:           b.EndsAt,
		SetupMinutes:     b.SetupMinutes,
		ClearingMinutes:  b.ClearingMinutes,
		Title:            b.Title,
		People:           b.People,
		Noise:            string(b.Noise),
		Wants:            b.wants,
		HoldMinutes:      b.holdFor,
		ExpiresAt:        b.ExpiresAt,
		Approvals:        b.Approvals,
		ApprovalSteps:    b.ApprovalSteps,
		Reason:           b.Reason,
		Conditions:       b.Conditions,
		FeeClass:         b.FeeClass,
		FeeYen:           b.FeeYen,
		Exemption:        b.Exemption.State,
		ExemptionClass:   b.Exemption.Class,
		ExemptionAsked:   b.Exemption.Asked,
		ExemptionAnswer:  b.Exemption.Answer,
		ExemptionPercent: b.Exemption.Percent,
		CancelUntil:      b.CancelUntil,
		PermitNumber:     orNull(b.PermitNumber),
		Version:          1,
	}
}

// sender asks the database for the room of a booking and says what came of it. On placed and
// waiting the booking has its state and times.
type sender func(
	ctx context.Context,
	b *Booking,
	roomSeen, facilitySeen time.Time,
	monthCap *int,
	queue bool,
) (outcome string, err error)

// placeAlone is one statement in one round trip.
func placeAlone(db *postgres.DB, by staff.Author) sender {
	return func(
		ctx context.Context,
		b *Booking,
		roomSeen, facilitySeen time.Time,
		monthCap *int,
		queue bool,
	) (outcome string, err error) {
		err = db.InOneStatement(ctx, by.Organization, by.Actor, func(row pgx.Row, now time.Time) error {
			b.CreatedAt, b.ModifiedAt = now, now
			return b.scanPlaced(row, &outcome)
		}, placeStatement, rowOf(b), roomSeen, facilitySeen, monthCap, queue)
		return outcome, err
	}
}

// placeTogether is one statement for bookings of one author; the outcomes are in their order.
func placeTogether(db *postgres.DB) func(ctx context.Context, by staff.Author, batch []*comer) ([]string, error) {
	return func(ctx context.Context, by staff.Author, batch []*comer) (outcomes []string, err error) {
		rows, rooms, facilities, caps := make(
			[]Row,
			len(batch),
		), make(
			[]time.Time,
			len(batch),
		), make(
			[]time.Time,
			len(batch),
		), make(
			[]*int,
			len(batch),
		)
		for i, one := range batch {
			rows[i], rooms[i], facilities[i], caps[i] = rowOf(one.b), one.roomSeen, one.facilitySeen, one.monthCap
		}
		err = db.InOneStatement(ctx, by.Organization, by.Actor, func(row pgx.Row, now time.Time) error {
			for _, one := range batch {
				one.b.CreatedAt, one.b.ModifiedAt = now, now
			}
			return row.Scan(&outcomes)
		}, togetherStatement, rows, rooms, facilities, caps)
		if err == nil && len(outcomes) != len(batch) {
			err = fmt.Errorf("place bookings: %d outcomes for %d", len(outcomes), len(batch))
		}
		return outcomes, err
	}
}

// placeAmong places a booking with those of its author that come at the same moment; one that may
// have to wait in line, and one whose transaction is another's, alone.
func (s *Service) placeAmong(by staff.Author) sender {
	alone := placeAlone(s.db, by)
	return func(
		ctx context.Context,
		b *Booking,
		roomSeen, facilitySeen time.Time,
		monthCap *int,
		queue bool,
	) (string, error) {
		byItself := func() (string, error) { return alone(ctx, b, roomSeen, facilitySeen, monthCap, queue) }
		if queue || postgres.IsJoined(ctx) {
			return byItself()
		}
		return s.crowd.place(
			ctx,
			by,
			&comer{
				b:            b,
				roomSeen:     roomSeen,
				facilitySeen: facilitySeen,
				monthCap:     monthCap,
				answer:       make(chan arrival, 1),
			},
			byItself,
		)
	}
}

// placeIn is a step of a larger transaction.
func placeIn(tx *postgres.Tx) sender {
	return func(
		ctx context.Context,
		b *Booking,
		roomSeen, facilitySeen time.Time,
		monthCap *int,
		queue bool,
	) (outcome string, err error) {
		b.CreatedAt, b.ModifiedAt = tx.Now, tx.Now
		err = b.scanPlaced(
			tx.Pgx.QueryRow(ctx, placeStatement, rowOf(b), roomSeen, facilitySeen, monthCap, queue),
			&outcome,
		)
		return outcome, err
	}
}

// hurry has a transaction, or what it does until the end of a savepoint, give up rather than wait
// for locks.
func hurry(ctx context.Context, tx *postgres.Tx) error {
	_, err := tx.Pgx.Exec(ctx, "set local lock_timeout = '200ms'")
	return err
}

func (b *Booking) scanPlaced(row pgx.Row, outcome *string) error {
	var stands *Status
	err := row.Scan(outcome, &stands)
	if stands != nil {
		b.Status = *stands
	}
	return err
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

const columns = `b.id, b.organization_id, b.borrower_id, b.facility_id, b.room_id, b.series_id, b.status,
	  b.starts_at, b.ends_at, b.setup_minutes, b.clearing_minutes, b.title,
	b.people, b.noise, b.waits_since, b.expires_at, b.approvals, b.approval_steps, b.reason, b.conditions,
	  b.fee_class, b.fee_yen, b.exemption, b.exemption_class,
	b.exemption_asked, b.exemption_answer, b.exemption_percent, b.exemption_by, b.cancel_until,
	  coalesce(b.permit_number, ''), b.version, b.created_at, b.modified_at,
	b.approved_by, b.wants, b.hold_minutes`

func (b *Booking) targets() []any {
	return []any{
		&b.ID,
		&b.Lender.ID,
		&b.Borrower.ID,
		&b.Room.FacilityID,
		&b.Room.ID,
		&b.SeriesID,
		&b.Status,
		&b.StartsAt,
		&b.EndsAt,
		&b.SetupMinutes,
		&b.ClearingMinutes,
		&b.Title,
		&b.People,
		&b.Noise,
		&b.WaitsSince,
		&b.ExpiresAt,
		&b.Approvals,
		&b.ApprovalSteps,
		&b.Reason,
		&b.Conditions,
		&b.FeeClass,
		&b.FeeYen,
		&b.Exemption.State,
		&b.Exemption.Class,
		&b.Exemption.Asked,
		&b.Exemption.Answer,
		&b.Exemption.Percent,
		&b.Exemption.by,
		&b.CancelUntil,
		&b.PermitNumber,
		&b.Version,
		&b.CreatedAt,
		&b.ModifiedAt,
		&b.approvedBy,
		&b.wants,
		&b.holdFor,
	}
}

// queryBookings reads bookings that the transaction may see; tail is what follows "from booking b".
func queryBookings(ctx context.Context, tx *postgres.Tx, tail string, args ...any) ([]Booking, error) {
	rows, err := tx.Pgx.Query(ctx, "select "+columns+" from booking b "+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("read bookings: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Booking, error) {
		var b Booking
		err := row.Scan(b.targets()...)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("read bookings: %w", err)
	}
	return all, nil
}

// nameAll adds the names of organizations, rooms and facilities. Rooms are read by a function,
// because a room closed to a town by now still has its bookings.
func nameAll(ctx context.Context, tx *postgres.Tx, view *organization.View, all []Booking) error {
	if len(all) == 0 {
		return nil
	}
	ids := map[uuid.UUID]bool{}
	for i := range all {
		b := &all[i]
		for _, ref := range []*organization.Ref{&b.Lender, &b.Borrower} {
			o, err := view.ByID(ref.ID)
			if err != nil {
				return err
			}
			*ref = o.Ref()
		}
		ids[b.ID] = true
	}
	refs, err := roomRefs(
		ctx,
		tx,
		"select booking_id, room_id, facility_id, room, facility, address, access from booking_rooms($1)",
		keys(ids),
	)
	if err != nil {
		return err
	}
	for i := range all {
		all[i].Room = refs[all[i].ID]
	}
	return nil
}

func roomRefs(
	ctx context.Context,
	tx *postgres.Tx,
	statement string,
	args ...any,
) (map[uuid.UUID]board.RoomRef, error) {
	rows, err := tx.Pgx.Query(ctx, statement, args...)
	if err != nil {
		return nil, fmt.Errorf("read rooms of bookings: %w", err)
	}
	refs := map[uuid.UUID]board.RoomRef{}
	var id uuid.UUID
	var r board.RoomRef
	_, err = pgx.ForEachRow(
		rows,
		[]any{&id, &r.ID, &r.FacilityID, &r.Name, &r.Facility, &r.Address, &r.Access},
		func() error { refs[id] = r; return nil },
	)
	if err != nil {
		return nil, fmt.Errorf("read rooms of bookings: %w", err)
	}
	return refs, nil
}

// selectPage pages by (starts_at, id), as booking_organization_idx and booking_borrower_idx have
// it.
func selectPage(ctx context.Context, tx *postgres.Tx, f Filter) ([]Booking, error) {
	conditions, args := []string{}, []any{}
	add := func(condition string, values ...any) {
		places := make([]any, len(values))
		for i, v := range values {
			args = append(args, v)
			places[i] = len(args)
		}
		conditions = append(conditions, fmt.Sprintf(condition, places...))
	}
	switch f.Side {
	case Lender:
		add("b.organization_id = app_organization()")
	case Borrower:
		add("b.borrower_id = app_organization()")
	default:
		add("(b.organization_id = app_organization() or b.borrower_id = app_organization())")
	}
	if f.Status != "" {
		add("b.status = $%d", f.Status)
	}
	// In one order, so that the same filter is the same statement and is prepared once.
	for _, c := range []struct {
		column string
		id     uuid.UUID
	}{{"room_id", f.Room}, {"facility_id", f.Facility}, {"series_id", f.Series}} {
		if c.id != uuid.Nil {
			add("b."+c.column+" = $%d", c.id)
		}
	}
	if !f.From.IsZero() {
		add("b.ends_at > $%d", f.From)
	}
	if !f.To.IsZero() {
		add("b.starts_at < $%d", f.To)
	}
	if !f.ChangedSince.IsZero() {
		add("b.id in (select c.booking_id from booking_change c where c.at >= $%d)", f.ChangedSince)
	}
	if f.After != nil {
		add("(b.starts_at, b.id) > ($%d, $%d)", f.After.StartsAt, f.After.ID)
	}
	return queryBookings(
		ctx,
		tx,
		fmt.Sprintf("where %s order by b.starts_at, b.id limit %d", strings.Join(conditions, " and "), f.Limit+1),
		args...)
}

// lockBookings takes the one order of all writers: the spaces of the facilities, then the bookings.
// With no facilities only the bookings are locked.
func lockBookings(ctx context.Context, tx *postgres.Tx, facilities, ids []uuid.UUID) (steady bool, err error) {
	if facilities == nil {
		facilities = []uuid.UUID{}
	}
	if err := tx.Pgx.QueryRow(ctx, "select booking_lock($1, $2)", facilities, ids).Scan(&steady); err != nil {
		return false, fmt.Errorf("lock bookings: %w", err)
	}
	return steady, nil
}

type settled struct {
	outcome  string
	stuck    uuid.UUID
	promoted []uuid.UUID
}

func settle(ctx context.Context, tx *postgres.Tx, ids, facilities []uuid.UUID) (settled, error) {
	var r settled
	var stuck *uuid.UUID
	if err := tx.Pgx.QueryRow(
		ctx,
		"select outcome, stuck, promoted from booking_settle($1, $2)",
		ids,
		facilities,
	).Scan(
		&r.outcome,
		&stuck,
		&r.promoted,
	); err != nil {
		return settled{}, translate(fmt.Errorf("settle bookings: %w", err))
	}
	if stuck != nil {
		r.stuck = *stuck
	}
	return r, nil
}

// save writes everything that can change.
func save(ctx context.Context, tx *postgres.Tx, b *Booking) error {
	_, err := tx.Pgx.Exec(
		ctx,
		`
		update booking set facility_id = $2, room_id = $3, status = $4, starts_at = $5, ends_at = $6,
		  setup_minutes = $7, clearing_minutes = $8, title = $9, people = $10,
		  noise = $11, wants = $12, expires_at = $13, approvals = $14, approved_by = $15, reason = $16,
		  conditions = $17, fee_class = $18, fee_yen = $19, exemption = $20,
		  exemption_class = $21, exemption_asked = $22, exemption_answer = $23, exemption_percent = $24,
		  exemption_by = $25, cancel_until = $26, permit_number = $27,
		  approval_steps = $28
		where id = $1`,
		b.ID,
		b.Room.FacilityID,
		b.Room.ID,
		b.Status,
		b.StartsAt,
		b.EndsAt,
		b.SetupMinutes,
		b.ClearingMinutes,
		b.Title,
		b.People,
		b.Noise,
		b.wants,
		b.ExpiresAt,
		b.Approvals,
		b.approvedBy,
		b.Reason,
		b.Conditions,
		b.FeeClass,
		b.FeeYen,
		b.Exemption.State,
		b.Exemption.Class,
		b.Exemption.Asked,
		b.Exemption.Answer,
		b.Exemption.Percent,
		b.Exemption.by,
		b.CancelUntil,
		orNull(b.PermitNumber),
		b.ApprovalSteps,
	)
	if err != nil {
		return translate(fmt.Errorf("save booking: %w", err))
	}
	return nil
}

func keys(set map[uuid.UUID]bool) []uuid.UUID {
	return slices.AppendSeq(make([]uuid.UUID, 0, len(set)), maps.Keys(set))
}
