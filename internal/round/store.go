package round

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const roundColumns = `r.id, r.organization_id, r.name, r.note, lower(r.span), upper(r.span), r.opens_at, r.closes_at,
	  r.draws_at, r.accept_until, r.applications_max, r.wishes_max,
	r.state, r.commitment, coalesce(encode(r.revealed, 'hex'), ''), coalesce(r.list, ''),
	  coalesce(encode(r.list_digest, 'hex'), ''), r.withdrawn, r.struck, r.closed_at, r.drawn_at, r.created_at`

// queryRounds reads rounds with those of their rooms that the transaction may see; tail is what
// follows "from booking_round r".
func queryRounds(ctx context.Context, tx *postgres.Tx, tail string, args ...any) ([]Round, error) {
	rows, err := tx.Pgx.Query(ctx, "select "+roundColumns+" from booking_round r "+tail, args...)
	if err != nil {
		return nil, fmt.Errorf("read rounds: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Round, error) {
		var r Round
		var from, to time.Time
		var commitment []byte
		var struck []string
		err := row.Scan(
			&r.ID,
			&r.Lender.ID,
			&r.Name,
			&r.Note,
			&from,
			&to,
			&r.OpensAt,
			&r.ClosesAt,
			&r.DrawsAt,
			&r.AcceptUntil,
			&r.ApplicationsMax,
			&r.WishesMax,
			&r.State,
			&commitment,
			&r.Seed,
			&r.List,
			&r.Digest,
			&r.Withdrawn,
			&struck,
			&r.FixedAt,
			&r.DrawnAt,
			&r.createdAt,
		)
		if err != nil {
			return r, err
		}
		for _, line := range struck {
			number, pool, _ := strings.Cut(line, " ")
			r.Struck = append(r.Struck, lottery.Struck{Number: number, Pool: pool})
		}
		r.FirstDay, r.LastDay = clock.DateOf(from), clock.DateOf(to).AddDays(-1)
		r.Commitment = lottery.Digest(commitment)
		return r, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read rounds: %w", err)
	}
	ids, byID := make([]uuid.UUID, len(all)), map[uuid.UUID]*Round{}
	for i := range all {
		ids[i], byID[all[i].ID] = all[i].ID, &all[i]
	}
	rows, err = tx.Pgx.Query(ctx, `select x.round_id, r.id, f.id, r.name, f.name, f.address, f.access
		from booking_round_room x join room r on r.id = x.room_id join facility f on f.id = r.facility_id
		  where x.round_id = any ($1) order by f.name, r.position, r.id`,
		ids,
	)
	if err != nil {
		return nil, fmt.Errorf("read rooms of rounds: %w", err)
	}
	var id uuid.UUID
	var room board.RoomRef
	_, err = pgx.ForEachRow(
		rows,
		[]any{&id, &room.ID, &room.FacilityID, &room.Name, &room.Facility, &room.Address, &room.Access},
		func() error {
			byID[id].Rooms = append(byID[id].Rooms, room)
			return nil
		},
	)
	if err != nil {
		return nil, fmt.Errorf("read rooms of rounds: %w", err)
	}
	return all, nil
}

// selectRounds pages by (created_at, id), as booking_round_recent_idx and
// booking_round_organization_idx have it.
func selectRounds(ctx context.Context, tx *postgres.Tx, f Filter) ([]Round, error) {
	conditions, args := []string{"true"}, []any{}
	add := func(condition string, value any) {
		args = append(args, value)
		conditions = append(conditions, fmt.Sprintf(condition, len(args)))
	}
	if f.Lender != uuid.Nil {
		add("r.organization_id = $%d", f.Lender)
	}
	if f.Room != uuid.Nil {
		add("r.id in (select x.round_id from booking_round_room x where x.room_id = $%d)", f.Room)
	}
	if f.Current {
		conditions = append(
			conditions,
			"r.state in ('open', 'closed', 'drawn') and (r.state <> 'drawn' or app_now() < r.accept_until)",
		)
	}
	if f.After != nil {
		args = append(args, f.After.CreatedAt, f.After.ID)
		conditions = append(
			conditions,
			fmt.Sprintf("r.created_at <= $%[1]d and (r.created_at < $%[1]d or r.id > $%[2]d)", len(args)-1, len(args)),
		)
	}
	return queryRounds(
		ctx,
		tx,
		fmt.Sprintf("where %s order by r.created_at desc, r.id limit %d", strings.Join(conditions, " and "), f.Limit+1),
		args...)
}

// roundRow has the columns of a round that its lender writes: the role may not set the rest.
type roundRow struct {
	OrganizationID  uuid.UUID `gorm:"column:organization_id"`
	ID              uuid.UUID `gorm:"column:id;primaryKey"`
	Name            string    `gorm:"column:name"`
	Note            string    `gorm:"column:note"`
	Span            days      `gorm:"column:span"`
	OpensAt         time.Time `gorm:"column:opens_at"`
	ClosesAt        time.Time `gorm:"column:closes_at"`
	DrawsAt         time.Time `gorm:"column:draws_at"`
	AcceptUntil     time.Time `gorm:"column:accept_until"`
	ApplicationsMax int       `gorm:"column:applications_max"`
	WishesMax       int       `gorm:"column:wishes_max"`
}

func (roundRow) TableName() string { return "booking_round" }

// days are written as the range from the start of the first to the end of the last.
type days struct{ first, last clock.Date }

// Value implements driver.Valuer.
func (d days) Value() (driver.Value, error) {
	return fmt.Sprintf(
		"[%s,%s)",
		d.first.Start().Format(time.RFC3339),
		d.last.AddDays(1).Start().Format(time.RFC3339),
	), nil
}

func insertRound(ctx context.Context, tx *postgres.Tx, id uuid.UUID, in *Input) error {
	row := roundRow{
		OrganizationID:  tx.Organization,
		ID:              id,
		Name:            in.Name,
		Note:            in.Note,
		Span:            days{in.FirstDay, in.LastDay},
		OpensAt:         in.OpensAt,
		ClosesAt:        in.ClosesAt,
		DrawsAt:         in.DrawsAt,
		AcceptUntil:     in.AcceptUntil,
		ApplicationsMax: in.ApplicationsMax,
		WishesMax:       in.WishesMax,
	}
	if err := tx.Gorm.Select("*").Create(&row).Error; err != nil {
		return constraintFault(fmt.Errorf("open round: %w", err))
	}
	tag, err := tx.Pgx.Exec(ctx, `
		insert into booking_round_room (organization_id, facility_id, room_id, round_id)
		select r.organization_id, r.facility_id, r.id, $1 from room r where r.id = any ($2)
		  and r.organization_id = app_organization() and r.status = 'open' order by r.id`,
		id,
		in.Rooms,
	)
	if err != nil {
		return constraintFault(fmt.Errorf("open round: %w", err))
	}
	if int(tag.RowsAffected()) != len(in.Rooms) {
		return ErrInvalid.Field("room_ids", "unknown_value")
	}
	return nil
}

// constraintFault gives the refusal for a constraint that the schema keeps.
func constraintFault(err error) error {
	switch _, constraint := postgres.Constraint(err); constraint {
	case "booking_round_space_no_overlap":
		return ErrOverlaps.Because(err)
	case "booking_round_order", "booking_round_span_form", "booking_round_caps", "booking_round_texts_length":
		return ErrInvalid.Because(err)
	case "booking_wish_once", "booking_wish_times":
		return ErrWish.Because(err)
	}
	return err
}

// cancelRound gives cancelled, also for a round that was called off before.
func cancelRound(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (outcome, error) {
	return decide(ctx, tx, "select booking_round_cancel($1)", id)
}

// changeRound gives changed. The function decides under the round's lock what may still change.
func changeRound(ctx context.Context, tx *postgres.Tx, id uuid.UUID, in *Input) (outcome, error) {
	return decide(ctx, tx, "select booking_round_change($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		id, in.Name, in.Note, in.OpensAt, in.ClosesAt, in.DrawsAt, in.AcceptUntil, in.ApplicationsMax, in.WishesMax)
}

// decide calls a function that decides under a lock and says what came of it.
func decide(ctx context.Context, tx *postgres.Tx, statement string, args ...any) (o outcome, err error) {
	if err := tx.Pgx.QueryRow(ctx, statement, args...).Scan(&o); err != nil {
		return "", constraintFault(fmt.Errorf("change round: %w", err))
	}
	return o, nil
}

// countApplications counts those of an own round.
func countApplications(ctx context.Context, tx *postgres.Tx, round uuid.UUID) (n int, err error) {
	if err := tx.Pgx.QueryRow(ctx, "select booking_round_count($1)", round).Scan(&n); err != nil {
		return 0, fmt.Errorf("count applications: %w", err)
	}
	return n, nil
}
