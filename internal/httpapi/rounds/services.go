package rounds

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Rounds is what the handlers ask of round.Service.
type Rounds interface {
	Get(ctx context.Context, id uuid.UUID) (round.Round, error)
	List(ctx context.Context, f round.Filter) (round.Page, error)
	GetOwn(ctx context.Context, organization, id uuid.UUID) (r round.Round, applications int, err error)
	Create(ctx context.Context, by staff.Author, in round.Input) (round.Round, error)
	Change(ctx context.Context, by staff.Author, id uuid.UUID, change round.Change) (round.Round, error)
	Cancel(ctx context.Context, by staff.Author, id uuid.UUID) (round.Round, error)
	ListApplications(
		ctx context.Context,
		organization uuid.UUID,
		f round.ApplicationFilter,
	) (round.ApplicationPage, error)
	Application(ctx context.Context, organization, id uuid.UUID) (round.Application, error)
	Apply(ctx context.Context, by staff.Author, in round.ApplicationInput) (round.Application, error)
	ChangeApplication(
		ctx context.Context,
		by staff.Author,
		id uuid.UUID,
		in round.ApplicationInput,
	) (round.Application, error)
	Withdraw(ctx context.Context, by staff.Author, id uuid.UUID) error
	AcceptResult(ctx context.Context, by staff.Author, id uuid.UUID) (round.Application, error)
	DeclineResult(ctx context.Context, by staff.Author, id uuid.UUID) (round.Application, error)
}

// Organizations is what the handlers ask of organization.Service.
type Organizations interface {
	BySlug(ctx context.Context, slug string) (organization.Organization, error)
}
