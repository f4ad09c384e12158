package audit

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Actor is who acts. Faces name it by this name, since they know nothing of the database.
type Actor = postgres.Actor

// Entry is what is to be recorded.
type Entry struct {
	// Organization is whose ledger; the transaction's own when zero. Operators and jobs, who work
	// for none, must name it.
	Organization uuid.UUID
	Action       string // event.publish: lower case, dots between words
	SubjectKind  string // event, token, …
	SubjectID    uuid.UUID
	Detail       map[string]any // codes and field names; see the package comment
}

// Line is one entry as it stands in the ledger.
type Line struct {
	ID        uuid.UUID
	At        time.Time
	ActorKind string    // staff, operator or job
	ActorID   uuid.UUID // the staff member; zero otherwise
	// TokenID is the token with which the member acted, zero for who logged in; TokenIssuers are
	// those behind it, none for a token of the operator's.
	TokenID      uuid.UUID
	TokenIssuers []uuid.UUID
	Action       string
	SubjectKind  string
	SubjectID    uuid.UUID
	Detail       map[string]any
}
