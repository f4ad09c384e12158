package idempotency

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// lock holds a key to the end of the transaction. Whoever comes second must not wait with a
// connection in hand and hears ErrInProgress.
func lock(ctx context.Context, tx *postgres.Tx, r Request) error {
	var first bool
	err := tx.Pgx.QueryRow(
		ctx,
		`select pg_try_advisory_xact_lock(hashtextextended($1, 0))`,
		r.Organization.String()+r.Key,
	).Scan(&first)
	if err != nil {
		return fmt.Errorf("lock idempotency key: %w", err)
	}
	if !first {
		return ErrInProgress
	}
	return nil
}

// find gives what was answered under the key; ErrReused when that was to another request.
func find(ctx context.Context, tx *postgres.Tx, r Request) (answer Answer, found bool, err error) {
	var fingerprint []byte
	err = tx.Pgx.QueryRow(
		ctx,
		`select fingerprint, status, content_type, location, body from idempotency_key
			where organization_id = $1 and key = $2`,
		r.Organization,
		r.Key,
	).Scan(&fingerprint, &answer.Status, &answer.ContentType, &answer.Location, &answer.Body)
	switch {
	case postgres.NoRows(err):
		return Answer{}, false, nil
	case err != nil:
		return Answer{}, false, fmt.Errorf("look idempotency key up: %w", err)
	case !bytes.Equal(fingerprint, r.Fingerprint[:]):
		return Answer{}, false, ErrReused
	}
	return answer, true, nil
}

func insert(ctx context.Context, tx *postgres.Tx, r Request, a Answer) error {
	_, err := tx.Pgx.Exec(
		ctx,
		`insert into idempotency_key (organization_id, key, fingerprint, status, content_type, location, body)
			values ($1, $2, $3, $4, $5, $6, $7)`,
		r.Organization, r.Key, r.Fingerprint[:], a.Status, a.ContentType, a.Location, a.Body,
	)
	if err != nil {
		return fmt.Errorf("store answer: %w", err)
	}
	return nil
}

// deleteBefore deletes the oldest answers from before a moment, limit of them at most, and says how
// many.
func deleteBefore(ctx context.Context, tx *postgres.Tx, before time.Time, limit int) (int, error) {
	tag, err := tx.Pgx.Exec(
		ctx,
		`delete from idempotency_key k using (
			select organization_id, key from idempotency_key where created_at < $1 order by created_at limit $2
		) old where k.organization_id = old.organization_id and k.key = old.key`,
		before,
		limit,
	)
	return int(tag.RowsAffected()), err
}
