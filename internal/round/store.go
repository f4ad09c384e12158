package round

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
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
		r.FirstDay, r.LastDay, r.Commitment = clock.DateOf(
			from,
		), clock.DateOf(
			to,
		).AddDays(
			-1,
		), lottery.Digest(
			commitment,
		)
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

func insertRound(ctx context.Context, tx *postgres.Tx, id uuid.UUID, in *Input) error {
	_, err := tx.Pgx.Exec(
		ctx,
		`
		insert into booking_round (organization_id, id, name, note, span, opens_at, closes_at, draws_at, accept_until,
		  applications_max, wishes_max)
		values (app_organization(), $1, $2, $3, tstzrange($4, $5), $6, $7, $8, $9, $10, $11)`,
		id,
		in.Name,
		in.Note,
		in.FirstDay.Start(),
		in.LastDay.AddDays(1).Start(),
		in.OpensAt,
		in.ClosesAt,
		in.DrawsAt,
		in.AcceptUntil,
		in.ApplicationsMax,
		in.WishesMax,
	)
	if err != nil {
		return roundFault(fmt.Errorf("open round: %w", err))
	}
	tag, err := tx.Pgx.Exec(ctx, `
		insert into booking_round_room (organization_id, facility_id, room_id, round_id)
		select r.organization_id, r.facility_id, r.id, $1 from room r where r.id = any ($2)
		  and r.organization_id = app_organization() and r.status = 'open' order by r.id`,
		id,
		in.Rooms,
	)
	if err != nil {
		return roundFault(fmt.Errorf("open round: %w", err))
	}
	if int(tag.RowsAffected()) != len(in.Rooms) {
		return ErrInvalid.Field("room_ids", "unknown_value")
	}
	return nil
}

func roundFault(err error) error {
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

func callRound(ctx context.Context, tx *postgres.Tx, statement string, args ...any) (outcome string, err error) {
	if err := tx.Pgx.QueryRow(ctx, statement, args...).Scan(&outcome); err != nil {
		return "", roundFault(fmt.Errorf("change round: %w", err))
	}
	return outcome, nil
}

// wishesDocument is what booking_round_apply reads.
func wishesDocument(wishes []Wish) ([]byte, error) {
	type wish struct {
		RoomID   uuid.UUID `json:"room_id"`
		StartsAt time.Time `json:"starts_at"`
		EndsAt   time.Time `json:"ends_at"`
	}
	all := make([]wish, len(wishes))
	for i, w := range wishes {
		all[i] = wish{w.RoomID, w.StartsAt, w.EndsAt}
	}
	return json.Marshal(all)
}

// owned is an application with whose it is, as the worker sees it.
type owned struct {
	Application
	borrower  uuid.UUID
	createdAt time.Time
}

// selectApplications pages own ones by (created_at, id); of one organization they are few in a
// round.
func selectApplications(ctx context.Context, tx *postgres.Tx, f ApplicationFilter) ([]owned, error) {
	tail, args := "where a.borrower_id = app_organization()", []any{}
	if f.Round != uuid.Nil {
		args = append(args, f.Round)
		tail += fmt.Sprintf(" and a.round_id = $%d", len(args))
	}
	if f.After != nil {
		args = append(args, f.After.CreatedAt, f.After.ID)
		tail += fmt.Sprintf(
			" and a.created_at <= $%[1]d and (a.created_at < $%[1]d or a.id > $%[2]d)",
			len(args)-1,
			len(args),
		)
	}
	return queryApplications(
		ctx,
		tx,
		fmt.Sprintf("%s order by a.created_at desc, a.id limit %d", tail, f.Limit+1),
		args...)
}

// queryApplications reads applications that the transaction may see.
func queryApplications(ctx context.Context, tx *postgres.Tx, tail string, args ...any) ([]owned, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		`select a.id, a.round_id, a.borrower_id, a.number, a.title, a.people, coalesce(a.outcome, ''), a.booking_id,
			coalesce(b.status, ''), case when b.status = 'held' then b.expires_at end, a.created_at
		from booking_application a left join booking b on b.id = a.booking_id `+tail,
		args...)
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (owned, error) {
		var a owned
		err := row.Scan(
			&a.ID,
			&a.RoundID,
			&a.borrower,
			&a.Number,
			&a.Title,
			&a.People,
			&a.Outcome,
			&a.BookingID,
			&a.Status,
			&a.AnswerUntil,
			&a.createdAt,
		)
		return a, err
	})
	if err != nil {
		return nil, fmt.Errorf("read applications: %w", err)
	}
	ids, byID := make([]uuid.UUID, len(all)), map[uuid.UUID]*owned{}
	for i := range all {
		ids[i], byID[all[i].ID] = all[i].ID, &all[i]
	}
	rows, err = tx.Pgx.Query(
		ctx,
		`select application_id, room_id, starts_at, ends_at, coalesce(dropped, '') from booking_wish
			where application_id = any ($1) order by application_id, rank`,
		ids,
	)
	if err != nil {
		return nil, fmt.Errorf("read wishes: %w", err)
	}
	var id uuid.UUID
	var w Wish
	if _, err = pgx.ForEachRow(rows, []any{&id, &w.RoomID, &w.StartsAt, &w.EndsAt, &w.Dropped}, func() error {
		byID[id].Wishes = append(byID[id].Wishes, w)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read wishes: %w", err)
	}
	return all, nil
}

type dueRound struct {
	id    uuid.UUID
	state State
}

func selectDueRounds(ctx context.Context, tx *postgres.Tx) ([]dueRound, error) {
	rows, err := tx.Pgx.Query(ctx, "select round_id, state from booking_round_due()")
	if err != nil {
		return nil, fmt.Errorf("find due rounds: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (dueRound, error) {
		var d dueRound
		err := row.Scan(&d.id, &d.state)
		return d, err
	})
}

func lockRound(ctx context.Context, tx *postgres.Tx, d dueRound) (due bool, err error) {
	if err := tx.Pgx.QueryRow(ctx, "select booking_round_lock($1, $2)", d.id, d.state).Scan(&due); err != nil {
		return false, fmt.Errorf("lock round: %w", err)
	}
	return due, nil
}

// floor is one distinct wish with what it would take.
type wishedFloor struct {
	wish     Wish
	from, to time.Time // with set-up and clearing
	taken    bool
	spaces   []string
}

func selectFloor(ctx context.Context, tx *postgres.Tx, round uuid.UUID) ([]wishedFloor, error) {
	rows, err := tx.Pgx.Query(
		ctx,
		"select room_id, starts_at, ends_at, lower(span), upper(span), taken, spaces, shared from "+
			"booking_round_floor($1)",
		round,
	)
	if err != nil {
		return nil, fmt.Errorf("read floor: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (wishedFloor, error) {
		var f wishedFloor
		var spaces []uuid.UUID
		var shared []bool
		err := row.Scan(&f.wish.RoomID, &f.wish.StartsAt, &f.wish.EndsAt, &f.from, &f.to, &f.taken, &spaces, &shared)
		for i, id := range spaces {
			name := id.String()
			if shared[i] {
				name += lottery.Common
			}
			f.spaces = append(f.spaces, name)
		}
		return f, err
	})
}

func dropWish(ctx context.Context, tx *postgres.Tx, application uuid.UUID, rank int, reason string) error {
	if _, err := tx.Pgx.Exec(ctx, "select booking_round_drop($1, $2, $3)", application, rank, reason); err != nil {
		return fmt.Errorf("drop wish: %w", err)
	}
	return nil
}

func fixRound(ctx context.Context, tx *postgres.Tx, round uuid.UUID, list string) error {
	if _, err := tx.Pgx.Exec(ctx, "select booking_round_fix($1, $2)", round, list); err != nil {
		return fmt.Errorf("fix list: %w", err)
	}
	return nil
}

func seedOf(ctx context.Context, tx *postgres.Tx, round uuid.UUID) (lottery.Seed, error) {
	var seed []byte
	if err := tx.Pgx.QueryRow(ctx, "select booking_round_seed($1)", round).Scan(&seed); err != nil {
		return lottery.Seed{}, fmt.Errorf("read seed: %w", err)
	}
	if len(seed) != len(lottery.Seed{}) {
		return lottery.Seed{}, errors.New("read seed: not to be told yet")
	}
	return lottery.Seed(seed), nil
}

func allot(
	ctx context.Context,
	tx *postgres.Tx,
	application uuid.UUID,
	hold booking.Row,
	from, to time.Time,
) (done bool, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		"select booking_round_allot($1, $2, tstzrange($3, $4))",
		application,
		hold,
		from,
		to,
	).Scan(
		&done,
	)
	if err != nil {
		return false, fmt.Errorf("allot room: %w", err)
	}
	return done, nil
}

func tellRound(
	ctx context.Context,
	tx *postgres.Tx,
	round uuid.UUID,
	lost []uuid.UUID,
	struck []string,
	until time.Time,
) error {
	if _, err := tx.Pgx.Exec(ctx, "select booking_round_tell($1, $2, $3, $4)", round, lost, struck, until); err != nil {
		return fmt.Errorf("tell seed: %w", err)
	}
	return nil
}

// mark and backToMark undo what was given in a draw that has to be made again.
func mark(ctx context.Context, tx *postgres.Tx) error {
	if _, err := tx.Pgx.Exec(ctx, "savepoint draw"); err != nil {
		return fmt.Errorf("begin draw: %w", err)
	}
	return nil
}

func backToMark(ctx context.Context, tx *postgres.Tx) error {
	if _, err := tx.Pgx.Exec(ctx, "rollback to savepoint draw"); err != nil {
		return fmt.Errorf("undo draw: %w", err)
	}
	return nil
}

// countApplications counts those of an own round.
func countApplications(ctx context.Context, tx *postgres.Tx, round uuid.UUID) (n int, err error) {
	if err := tx.Pgx.QueryRow(ctx, "select booking_round_count($1)", round).Scan(&n); err != nil {
		return 0, fmt.Errorf("count applications: %w", err)
	}
	return n, nil
}

func finishRound(ctx context.Context, tx *postgres.Tx, round uuid.UUID) error {
	if _, err := tx.Pgx.Exec(ctx, "select booking_round_finish($1)", round); err != nil {
		return fmt.Errorf("finish round: %w", err)
	}
	return nil
}
