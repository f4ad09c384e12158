package event

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Author is who acts: a staff member for an organization.
type Author struct {
	Organization uuid.UUID
	Actor        postgres.Actor
}

// Directory finds organizations; organization.Directory is one.
type Directory interface {
	BySlug(ctx context.Context, slug string) (organization.Ref, error)
	Partnership(ctx context.Context, slug string) (organization.Partnership, error)
}

// Service is everything one can do with events.
type Service struct {
	db        *postgres.DB
	directory Directory
}

// NewService works on db.
func NewService(db *postgres.DB, directory Directory) *Service {
	return &Service{db: db, directory: directory}
}
