package reports

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/report"
)

// Organizations is what the handlers ask of organization.Service.
type Organizations interface {
	// ByCode finds a municipality, be it closed; organization.ErrNotFound otherwise.
	ByCode(ctx context.Context, code string) (organization.Organization, error)
}

// Reports is what the handlers ask of report.Service.
type Reports interface {
	Event(ctx context.Context, organization, id uuid.UUID) (report.Event, error)
	Year(ctx context.Context, organization uuid.UUID, year int) (report.Year, error)
}
