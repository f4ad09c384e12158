package bookings

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// Bookings is what the handlers ask of booking.Service.
type Bookings interface {
	List(ctx context.Context, organization uuid.UUID, f booking.Filter) (booking.Page, error)
	Get(ctx context.Context, organization, id uuid.UUID) (booking.Detail, error)
	Changes(ctx context.Context, organization uuid.UUID, q booking.ChangeQuery) (booking.ChangePage, error)
	Permit(ctx context.Context, organization, id uuid.UUID) (booking.Booking, error)
	Place(ctx context.Context, by staff.Author, r booking.Request) (booking.Booking, error)
	Submit(ctx context.Context, by staff.Author, id uuid.UUID) (booking.Detail, error)
	Approve(ctx context.Context, by staff.Author, id uuid.UUID, conditions string) (booking.Detail, error)
	Decline(ctx context.Context, by staff.Author, id uuid.UUID, reason string) (booking.Detail, error)
	Confirm(ctx context.Context, by staff.Author, id uuid.UUID) (booking.Detail, error)
	Cancel(ctx context.Context, by staff.Author, id uuid.UUID, reason string) (booking.Detail, error)
	Move(ctx context.Context, by staff.Author, id uuid.UUID, m booking.Move) (booking.Detail, error)
	Swap(
		ctx context.Context,
		by staff.Author,
		first, second uuid.UUID,
		reason string,
	) (a, b booking.Detail, err error)
	AddNote(ctx context.Context, by staff.Author, id uuid.UUID, body string) (booking.Detail, error)
	AskExemption(ctx context.Context, by staff.Author, id uuid.UUID, class, reason string) (booking.Detail, error)
	DecideExemption(
		ctx context.Context,
		by staff.Author,
		id uuid.UUID,
		grant bool,
		reason string,
	) (booking.Detail, error)
	PlaceSeries(ctx context.Context, by staff.Author, r booking.SeriesRequest) (booking.SeriesResult, error)
	GetSeries(ctx context.Context, organization, id uuid.UUID) (booking.Series, error)
	ChangeSeries(
		ctx context.Context,
		by staff.Author,
		series uuid.UUID,
		c booking.SeriesChange,
	) (booking.Series, error)
	CancelSeries(
		ctx context.Context,
		by staff.Author,
		series uuid.UUID,
		scope booking.Scope,
		from uuid.UUID,
		reason string,
	) (booking.Series, error)
}

// Events is what the handlers ask of event.Service.
type Events interface {
	MoveBooking(ctx context.Context, by staff.Author, id uuid.UUID, m booking.Move) (booking.Detail, error)
	ServedBy(ctx context.Context, organization, booking uuid.UUID) (*event.Served, error)
}
