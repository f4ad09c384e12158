package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Page sizes of List.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

const maxDetail = 4096 // bytes of JSON

// Record adds an entry in the transaction of the change it tells of. It fails without an actor
// (ErrNoActor), and the change must then fail too.
func Record(ctx context.Context, tx *postgres.Tx, e Entry) error {
	if tx.Actor.Kind == "" || tx.Actor.Kind == "staff" && tx.Actor.ID == uuid.Nil {
		return ErrNoActor
	}
	if e.Organization == uuid.Nil {
		e.Organization = tx.Organization
	}
	if e.Organization == uuid.Nil {
		return ErrNoOrganization
	}
	if e.Detail == nil {
		e.Detail = map[string]any{}
	}
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("record audit entry %s: %w", e.Action, err)
	}
	if len(detail) > maxDetail {
		return ErrDetailTooLarge
	}
	if err := insert(ctx, tx, e, detail); err != nil {
		return fmt.Errorf("record audit entry %s: %w", e.Action, err)
	}
	return nil
}

// Ledger reads what was recorded.
type Ledger struct {
	db      *postgres.DB
	cursors *secret.Sealer
}

// NewLedger makes a ledger whose cursors are sealed with keys.
func NewLedger(db *postgres.DB, keys *secret.Keys) *Ledger {
	return &Ledger{db: db, cursors: keys.Cursors()}
}

// place is where a page ended.
type place struct {
	At time.Time
	ID uuid.UUID
}

// List gives an organization's entries, newest first, and the cursor of the next page, "" on the
// last one. limit 0 means DefaultLimit; more than MaxLimit is MaxLimit. A cursor of another list or
// organization is secret.ErrCursor.
func (l *Ledger) List(ctx context.Context, organization uuid.UUID, cursor string, limit int) ([]Line, string, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	limit = min(limit, MaxLimit)
	var after *place
	if cursor != "" {
		plain, err := l.cursors.Open(cursor, "audit", organization.String())
		if err != nil {
			return nil, "", err
		}
		if err := json.Unmarshal(plain, &after); err != nil {
			return nil, "", fmt.Errorf("read audit cursor: %w", err)
		}
	}
	var lines []Line
	err := l.db.ReadOrganization(ctx, organization, func(tx *postgres.Tx) (err error) {
		lines, err = list(tx, organization, after, limit+1) // one more tells whether another page follows
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list audit entries: %w", err)
	}
	if len(lines) <= limit {
		return lines, "", nil
	}
	lines = lines[:limit]
	last := lines[limit-1]
	plain, err := json.Marshal(place{At: last.At, ID: last.ID})
	if err != nil {
		return nil, "", fmt.Errorf("write audit cursor: %w", err)
	}
	return lines, l.cursors.Seal(plain, "audit", organization.String()), nil
}
