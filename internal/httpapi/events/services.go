package events

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Search is what the handlers ask of search.Service.
type Search interface {
	List(ctx context.Context, f search.Filter) (search.Page, error)
	ListForStaff(ctx context.Context, organization uuid.UUID, f search.StaffFilter) (search.StaffPage, error)
	Changes(ctx context.Context, since search.ChangePosition, limit int) (search.ChangePage, error)
}

// Events is what the handlers ask of event.Service.
type Events interface {
	Published(ctx context.Context, id uuid.UUID) (event.Event, error)
	ForStaff(ctx context.Context, organization, id uuid.UUID) (event.Event, error)
	Create(ctx context.Context, by staff.Author, in event.Input) (event.Event, error)
	Change(ctx context.Context, by staff.Author, id uuid.UUID, change event.Change) (event.Event, error)
	Delete(ctx context.Context, by staff.Author, id uuid.UUID) error
	Submit(ctx context.Context, by staff.Author, id uuid.UUID) (event.Event, error)
	Publish(ctx context.Context, by staff.Author, id uuid.UUID) (event.Event, error)
	Cancel(ctx context.Context, by staff.Author, id uuid.UUID, reason string) (event.Event, error)
	Postpone(ctx context.Context, by staff.Author, id uuid.UUID, note string) (event.Event, error)
	Copy(ctx context.Context, by staff.Author, id uuid.UUID, shiftDays int) (event.Event, error)
	Decide(ctx context.Context, by staff.Author, id uuid.UUID, approve bool, seen int) (event.Event, error)
	Slots(ctx context.Context, id uuid.UUID) ([]event.BoothSlot, error)
}
