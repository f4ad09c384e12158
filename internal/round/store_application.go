package round

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// applyForRooms gives applied or changed.
func applyForRooms(ctx context.Context, tx *postgres.Tx, as submission, in *ApplicationInput) (outcome, error) {
	wishes, err := wishesDocument(in.Wishes)
	if err != nil {
		return "", fmt.Errorf("write wishes: %w", err)
	}
	return decide(ctx, tx, "select booking_round_apply($1, $2, $3, $4, $5, $6, $7)",
		in.RoundID, as.id, as.number, in.Title, in.People, wishes, as.change)
}

// withdrawApplication gives withdrawn.
func withdrawApplication(ctx context.Context, tx *postgres.Tx, id uuid.UUID) (outcome, error) {
	return decide(ctx, tx, "select booking_round_withdraw($1)", id)
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
