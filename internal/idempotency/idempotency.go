package idempotency

import (
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
