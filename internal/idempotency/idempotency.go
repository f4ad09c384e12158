package idempotency

import (
	"bytes"
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Request is one that must not be done twice.
type Request struct {
	Organization uuid.UUID
	Actor        postgres.Actor
	Key          string // 1 to 255 characters, of the caller's making
	Fingerprint  [32]byte
}

// Answer is what was answered.
type Answer struct {
	Status      int
	ContentType string
	Location    string
	Body        []byte
}

// Ledger remembers answers. Safe for concurrent use.
type Ledger struct {
	db *postgres.DB
}

// NewLedger works on db.
func NewLedger(db *postgres.DB) *Ledger { return &Ledger{db: db} }

// Once gives the stored answer, or the one that do gives. What do writes through services, with the
// context it is given, commits together with its answer. do may run again after a deadlock. Errors:
// ErrReused, ErrInProgress, and those of do, after which nothing is stored.
func (l *Ledger) Once(ctx context.Context, r Request, do func(ctx context.Context) (Answer, error)) (Answer, error) {
	var answer Answer
	err := l.db.InOrganization(ctx, r.Organization, r.Actor, func(tx *postgres.Tx) error {
		// Held to the end of the transaction. Whoever comes second must not wait with a connection
		// in hand.
		var first bool
		if err := tx.Pgx.QueryRow(
			ctx,
			`select pg_try_advisory_xact_lock(hashtextextended($1, 0))`,
			r.Organization.String()+r.Key,
		).Scan(
			&first,
		); err != nil {
			return fmt.Errorf("lock idempotency key: %w", err)
		}
		if !first {
			return ErrInProgress
		}
		known, err := l.find(ctx, tx, r, &answer)
		if err != nil || known {
			return err
		}
		if answer, err = do(postgres.Joined(ctx, tx)); err != nil {
			return err
		}
		_, err = tx.Pgx.Exec(ctx, `
			insert into idempotency_key (organization_id, key, fingerprint, status, content_type, location, body)
			  values ($1, $2, $3, $4, $5, $6, $7)`,
			r.Organization, r.Key, r.Fingerprint[:], answer.Status, answer.ContentType, answer.Location, answer.Body)
		if err != nil {
			return fmt.Errorf("store answer: %w", err)
		}
		return nil
	})
	if err != nil {
		return Answer{}, err
	}
	return answer, nil
}

func (l *Ledger) find(ctx context.Context, tx *postgres.Tx, r Request, answer *Answer) (bool, error) {
	var fingerprint []byte
	err := tx.Pgx.QueryRow(ctx, `
		select fingerprint, status, content_type, location, body from idempotency_key where organization_id = $1
		  and key = $2`,
		r.Organization,
		r.Key,
	).
		Scan(&fingerprint, &answer.Status, &answer.ContentType, &answer.Location, &answer.Body)
	switch {
	case postgres.NoRows(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("look idempotency key up: %w", err)
	case !bytes.Equal(fingerprint, r.Fingerprint[:]):
		return false, ErrReused
	}
	return true, nil
}
