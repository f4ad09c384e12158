package grant

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// What Grant refuses by itself.
var (
	ErrTooBusy = fault.Unavailable("too_busy")    // too many wait already
	ErrStopped = fault.Unavailable("unavailable") // this process is shutting down
)

// Request asks for seats of a quota.
type Request struct {
	Event, Quota uuid.UUID
	ID           uuid.UUID // of the ticket that is to be made
	MAC          []byte    // of its secret
	Seats        int16
	Nickname     string // sealed; "" for none
	// OwnSecret: this service made the secret, so that nobody knows the ticket if the caller is
	// gone.
	OwnSecret bool
	// AskedAt is when this attempt with a secret of the caller's was taken up; a lost one that
	// comes in late is told by it.
	AskedAt time.Time
}

// Outcome is what the database said of a request.
type Outcome string

// The outcomes that this package acts on; the caller knows the others.
const (
	Granted   Outcome = "granted"
	Duplicate Outcome = "duplicate" // the secret has a ticket already
	Full      Outcome = "full"
)

// Verdict is what became of a request.
type Verdict struct {
	Outcome Outcome
	// Free and Most, the seats that were left and those that one request may ask for, are known
	// when the quota was looked at.
	Free, Most int
	// Of a granted request:
	Organization, Occurrence, Part uuid.UUID
	On                             clock.Date
	LinkIsOpen                     bool // the quota's joining link can be shown already
}
