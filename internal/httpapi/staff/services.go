package staff

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Ledger is what the handlers ask of audit.Ledger.
type Ledger interface {
	List(ctx context.Context, organization uuid.UUID, cursor string, limit int) ([]audit.Line, string, error)
}

// Staff is what the handlers ask of staff.Service.
type Staff interface {
	Tokens(ctx context.Context, by staff.Session) ([]staff.Token, error)
	IssueToken(
		ctx context.Context,
		by staff.Session,
		member uuid.UUID,
		name string,
		expiresAt time.Time,
	) (staff.Issued, error)
	RevokeToken(ctx context.Context, by staff.Session, token uuid.UUID) error
}
