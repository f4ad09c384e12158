package paper

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
)

func countSheets(ctx context.Context, tx *postgres.Tx, event uuid.UUID) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `
		select count(*) from paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id
		where p.event_id = $1 and s.revoked_at is null and s.returns_at > app_now()`, event).Scan(&n)
	return n, err
}

// reserveSeats takes seats out of a quota for codes and keeps the codes' MACs; free is how many
// seats there are when they are too few.
func reserveSeats(
	ctx context.Context,
	tx *postgres.Tx,
	in Input,
	macs [][]byte,
) (became outcome, sheet uuid.UUID, free int, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		`select outcome, coalesce(sheet, $8), coalesce(free, 0)
			from paper_reserve($1, $2, $3, $4, $5::int::smallint, $6, $7)`,
		in.EventID,
		in.OccurrenceID,
		in.PartID,
		in.QuotaID,
		in.SeatsEach,
		in.ReturnsAt,
		macs,
		uuid.Nil,
	).Scan(&became, &sheet, &free)
	if err != nil {
		return "", uuid.Nil, 0, fmt.Errorf("set seats aside: %w", err)
	}
	return became, sheet, free, nil
}

// selectSheet gives a sheet of one of the organization's own events. ErrSheetUnknown.
func selectSheet(ctx context.Context, tx *postgres.Tx, event, id uuid.UUID) (Sheet, error) {
	list, err := querySheets(ctx, tx, event, &id)
	switch {
	case err != nil:
		return Sheet{}, err
	case len(list) == 0:
		return Sheet{}, ErrSheetUnknown
	}
	return list[0], nil
}

// selectSheets gives the sheets of one of the organization's own events, newest first.
func selectSheets(ctx context.Context, tx *postgres.Tx, event uuid.UUID) ([]Sheet, error) {
	return querySheets(ctx, tx, event, nil)
}

func querySheets(ctx context.Context, tx *postgres.Tx, event uuid.UUID, id *uuid.UUID) ([]Sheet, error) {
	rows, err := tx.Pgx.Query(ctx, `
		select s.id, p.event_id, p.occurrence_id, p.part_id, s.open_quota_id, s.codes, s.seats_each, s.returns_at,
		  s.created_at, s.revoked_at
		from paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id
		where p.event_id = $1 and s.organization_id = app_organization() and ($2::uuid is null or s.id = $2)
		order by s.created_at desc, s.id limit 200`, event, id)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Sheet, error) {
		var s Sheet
		err := row.Scan(
			&s.ID,
			&s.EventID,
			&s.OccurrenceID,
			&s.PartID,
			&s.QuotaID,
			&s.Codes,
			&s.SeatsEach,
			&s.ReturnsAt,
			&s.CreatedAt,
			&s.RevokedAt,
		)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read sheets: %w", err)
	}
	used, err := countUsed(ctx, tx, list)
	if err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Used = used[list[i].ID]
	}
	return list, nil
}

// countUsed gives how many codes of each sheet have become tickets.
func countUsed(ctx context.Context, tx *postgres.Tx, sheets []Sheet) (map[uuid.UUID]int, error) {
	ids := make([]uuid.UUID, len(sheets))
	for i, s := range sheets {
		ids[i] = s.ID
	}
	rows, err := tx.Pgx.Query(ctx, `select sheet_id, used from paper_used($1)`, ids)
	if err != nil {
		return nil, err
	}
	used := map[uuid.UUID]int{}
	var id uuid.UUID
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&id, &n}, func() error { used[id] = n; return nil }); err != nil {
		return nil, fmt.Errorf("count used codes: %w", err)
	}
	return used, nil
}

func revokeSheet(ctx context.Context, tx *postgres.Tx, event, sheet uuid.UUID) (became outcome, err error) {
	err = tx.Pgx.QueryRow(ctx, `select paper_revoke($1, $2)`, event, sheet).Scan(&became)
	return became, err
}

// readCode gives what a code, by any of its MACs, stands for; the outcome is good when it can be
// used now.
func readCode(ctx context.Context, tx *postgres.Tx, macs [][]byte) (state outcome, r Reservation, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		`select outcome, event_id, occurrence_id, part_id, quota_id, seats, returns_at from paper_look($1)`,
		macs,
	).Scan(&state, &r.EventID, &r.OccurrenceID, &r.PartID, &r.QuotaID, &r.Seats, &r.ReturnsAt)
	if postgres.NoRows(err) {
		return unknown, Reservation{}, nil
	}
	return state, r, err
}

// claimCode makes a ticket for a code; most is how many seats the code takes at most.
func claimCode(
	ctx context.Context,
	tx *postgres.Tx,
	macs [][]byte,
	id uuid.UUID,
	mac []byte,
	seats int,
	sealed string,
) (became outcome, most int, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		`select outcome, coalesce(most, 0) from paper_take($1, $2, $3, $4::int::smallint, nullif($5, ''))`,
		macs,
		id,
		mac,
		seats,
		sealed,
	).Scan(&became, &most)
	return became, most, err
}

func returnSeats(ctx context.Context, tx *postgres.Tx) (returned, deleted int, err error) {
	err = tx.Pgx.QueryRow(
		ctx,
		`select returned, deleted from paper_return($1, $2)`,
		retention.AfterDate,
		retention.AfterPutOffDate,
	).Scan(&returned, &deleted)
	return returned, deleted, err
}
