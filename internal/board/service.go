package board

import (
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Limits.
const (
	MaxLength = 14 * 24 * time.Hour // of one use
	MaxWindow = 62 * 24 * time.Hour // of availability
	MaxFree   = 50                  // rooms of one page of a search
)

// RoomRef names a room.
type RoomRef struct {
	ID, FacilityID uuid.UUID
	Name, Facility string
	Address        string
	Access         string
}

// Directory finds organizations and partnerships; organization.Directory is one.
type Directory interface {
	View(ctx context.Context) (*organization.View, error)
}

// Service answers questions about rooms. Safe for concurrent use.
type Service struct {
	db        *postgres.DB
	directory Directory
	keys      *secret.Keys
	random    io.Reader
	known     knownFacts
}

// NewService makes the service. keys and random are for the links to rooms' calendars; random must
// be cryptographically random and safe for concurrent use.
func NewService(db *postgres.DB, directory Directory, keys *secret.Keys, random io.Reader) *Service {
	return &Service{db: db, directory: directory, keys: keys, random: random}
}
