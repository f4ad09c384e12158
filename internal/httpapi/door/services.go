package door

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Entrance is what the handlers ask of door.Service.
type Entrance interface {
	CreateLink(ctx context.Context, by staff.Author, eventID, occurrence uuid.UUID) (door.Issued, error)
	RevokeLink(ctx context.Context, by staff.Author, eventID, occurrence, link uuid.UUID) error
	Links(ctx context.Context, organization, eventID, occurrence uuid.UUID) ([]door.Link, error)
	SetCapacity(
		ctx context.Context,
		by staff.Author,
		eventID, occurrence, part uuid.UUID,
		capacity *int,
	) (door.Count, error)
	Open(ctx context.Context, token secret.Door) (door.Door, error)
	Tap(ctx context.Context, token secret.Door, part uuid.UUID, taps []door.Tap) (door.Count, error)
	CheckIn(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
	Slots(ctx context.Context, token secret.Door) ([]door.Slot, error)
	MarkSlot(ctx context.Context, token secret.Door, slot uuid.UUID, parties int) (int, error)
	Undo(ctx context.Context, token secret.Door, shown door.Shown) (door.CheckIn, error)
}
