package rooms

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// Board is what the handlers ask of board.Service.
type Board interface {
	Availability(ctx context.Context, asker, room uuid.UUID, from, to time.Time) (board.Availability, error)
	Free(ctx context.Context, q board.FreeQuery) (board.FreePage, error)
	Calendars(ctx context.Context, organization, room uuid.UUID) ([]board.Calendar, error)
	CreateCalendar(ctx context.Context, by staff.Author, room uuid.UUID, name string) (board.IssuedCalendar, error)
	RevokeCalendar(ctx context.Context, by staff.Author, room, id uuid.UUID) error
}

// Organizations is what the handlers ask of organization.Service.
type Organizations interface {
	BySlug(ctx context.Context, slug string) (organization.Organization, error)
	Partnerships(ctx context.Context) ([]organization.Partnership, error)
}

// Venues is what the handlers ask of venue.Service.
type Venues interface {
	Rooms(ctx context.Context, f venue.RoomFilter) (venue.RoomPage, error)
	Room(ctx context.Context, id uuid.UUID) (venue.Room, error)
	RoomsForStaff(ctx context.Context, own uuid.UUID, f venue.RoomFilter) (venue.RoomPage, error)
	RoomForStaff(ctx context.Context, own, id uuid.UUID) (venue.Room, error)
	CreateRoom(ctx context.Context, by staff.Author, facility uuid.UUID, in venue.RoomInput) (venue.Room, error)
	ChangeRoom(ctx context.Context, by staff.Author, id uuid.UUID, change func(in *venue.RoomInput)) (venue.Room, error)
	OpenRoom(ctx context.Context, by staff.Author, id uuid.UUID) (venue.Room, error)
	CloseRoom(ctx context.Context, by staff.Author, id uuid.UUID, on clock.Date, reason string) (venue.Room, error)
	DeleteRoom(ctx context.Context, by staff.Author, id uuid.UUID) error
}
