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

// reserve gives paper_reserve's outcome.
func reserve(ctx context.Context, tx *postgres.Tx, in Input, macs [][]byte) (outcome string, sheet uuid.UUID, free int, err error) {
	var id *uuid.UUID
	var left *int
	err = tx.Pgx.QueryRow(ctx, `select outcome, sheet, free from paper_reserve($1, $2, $3, $4, $5::int::smallint, $6, $7)`,
		in.EventID, in.OccurrenceID, in.PartID, in.QuotaID, in.SeatsEach, in.ReturnsAt, macs).Scan(&outcome, &id, &left)
	if err != nil {
		return "", uuid.Nil, 0, fmt.Errorf("set seats aside: %w", err)
	}
	if id != nil {
		sheet = *id
	}
	if left != nil {
		free = *left
	}
	return outcome, sheet, free, nil
}

const selectSheets = `
	select s.id, p.event_id, p.occurrence_id, p.part_id, s.open_quota_id, s.codes, s.seats_each, s.returns_at, s.created_at, s.revoked_at
	from paper_sheet s join paper_pool p on p.open_quota_id = s.open_quota_id
	where p.event_id = $1 and s.organization_id = app_organization()`

func sheets(ctx context.Context, tx *postgres.Tx, event uuid.UUID) ([]Sheet, error) {
	rows, err := tx.Pgx.Query(ctx, selectSheets+` order by s.created_at desc, s.id limit 200`, event)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Sheet, error) {
		var s Sheet
		err := row.Scan(&s.ID, &s.EventID, &s.OccurrenceID, &s.PartID, &s.QuotaID, &s.Codes, &s.SeatsEach, &s.ReturnsAt, &s.CreatedAt, &s.RevokedAt)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("read sheets: %w", err)
	}
	ids := make([]uuid.UUID, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	rows, err = tx.Pgx.Query(ctx, `select sheet_id, used from paper_used($1)`, ids)
	if err != nil {
		return nil, err
	}
	used := map[uuid.UUID]int{}
	var id uuid.UUID
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&id, &n}, func() error { used[id] = n; return nil }); err != nil {
		return nil, fmt.Errorf("count used codes: %w", err)
	}
	for i := range list {
		list[i].Used = used[list[i].ID]
	}
	return list, nil
}

func revoke(ctx context.Context, tx *postgres.Tx, event, sheet uuid.UUID) (outcome string, err error) {
	err = tx.Pgx.QueryRow(ctx, `select paper_revoke($1, $2)`, event, sheet).Scan(&outcome)
	return outcome, err
}

func look(ctx context.Context, tx *postgres.Tx, macs [][]byte) (outcome string, g Good, err error) {
	err = tx.Pgx.QueryRow(ctx, `select outcome, event_id, occurrence_id, part_id, quota_id, seats, returns_at from paper_look($1)`, macs).
		Scan(&outcome, &g.EventID, &g.OccurrenceID, &g.PartID, &g.QuotaID, &g.Seats, &g.ReturnsAt)
	if postgres.NoRows(err) {
		return "unknown", Good{}, nil
	}
	return outcome, g, err
}

func take(ctx context.Context, tx *postgres.Tx, macs [][]byte, id uuid.UUID, mac []byte, seats int, sealed string) (outcome string, quota uuid.UUID, most int, err error) {
	var q *uuid.UUID
	var m *int
	err = tx.Pgx.QueryRow(ctx, `select outcome, quota, most from paper_take($1, $2, $3, $4::int::smallint, nullif($5, ''))`, macs, id, mac, seats, sealed).Scan(&outcome, &q, &m)
	if q != nil {
		quota = *q
	}
	if m != nil {
		most = *m
	}
	return outcome, quota, most, err
}

func giveBack(ctx context.Context, tx *postgres.Tx) (returned, deleted int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select returned, deleted from paper_return($1, $2)`, retention.AfterDate, retention.AfterPutOffDate).Scan(&returned, &deleted)
	return returned, deleted, err
}
