package organizations

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/audit"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Organizations is what the handlers ask of organization.Service.
type Organizations interface {
	List(ctx context.Context) ([]organization.Organization, error)
	BySlug(ctx context.Context, slug string) (organization.Organization, error)
	Partnerships(ctx context.Context) ([]organization.Partnership, error)
	Update(
		ctx context.Context,
		id uuid.UUID,
		actor audit.Actor,
		change organization.Change,
	) (organization.Organization, error)
	RegisterGroup(
		ctx context.Context,
		municipality uuid.UUID,
		actor audit.Actor,
		in organization.Input,
	) (organization.Organization, error)
}
