package httpapi

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
)

// Bookings is what the face asks of booking.Service.
type Bookings interface {
	Availability(ctx context.Context, asker, room uuid.UUID, from, to time.Time) (booking.Availability, error)
	Free(ctx context.Context, q booking.FreeQuery) (booking.FreePage, error)
	List(ctx context.Context, organization uuid.UUID, f booking.Filter) (booking.Page, error)
	Get(ctx context.Context, organization, id uuid.UUID) (booking.Detail, error)
	Changes(ctx context.Context, organization uuid.UUID, q booking.ChangeQuery) (booking.ChangePage, error)
	Permit(ctx context.Context, organization, id uuid.UUID) (booking.Booking, error)

	Place(ctx context.Context, by booking.Author, r booking.Request) (booking.Booking, error)
	Submit(ctx context.Context, by booking.Author, id uuid.UUID) (booking.Detail, error)
	Approve(ctx context.Context, by booking.Author, id uuid.UUID, conditions string) (booking.Detail, error)
	Decline(ctx context.Context, by booking.Author, id uuid.UUID, reason string) (booking.Detail, error)
	Confirm(ctx context.Context, by booking.Author, id uuid.UUID) (booking.Detail, error)
	Cancel(ctx context.Context, by booking.Author, id uuid.UUID, reason string) (booking.Detail, error)
	Move(ctx context.Context, by booking.Author, id uuid.UUID, m booking.Move) (booking.Detail, error)
	Swap(ctx context.Context, by booking.Author, first, second uuid.UUID, reason string) (a, b booking.Detail, err error)
	AddNote(ctx context.Context, by booking.Author, id uuid.UUID, body string) (booking.Detail, error)
	AskExemption(ctx context.Context, by booking.Author, id uuid.UUID, class, reason string) (booking.Detail, error)
	DecideExemption(ctx context.Context, by booking.Author, id uuid.UUID, grant bool, reason string) (booking.Detail, error)

	PlaceSeries(ctx context.Context, by booking.Author, r booking.SeriesRequest) (booking.SeriesResult, error)
	GetSeries(ctx context.Context, organization, id uuid.UUID) (booking.Series, error)
	ChangeSeries(ctx context.Context, by booking.Author, series uuid.UUID, c booking.SeriesChange) (booking.Series, error)
	CancelSeries(ctx context.Context, by booking.Author, series uuid.UUID, scope booking.Scope, from uuid.UUID, reason string) (booking.Series, error)

	Round(ctx context.Context, id uuid.UUID) (booking.Round, error)
	Rounds(ctx context.Context, f booking.RoundFilter) (booking.RoundPage, error)
	OwnRound(ctx context.Context, organization, id uuid.UUID) (r booking.Round, applications int, err error)
	OpenRound(ctx context.Context, by booking.Author, in booking.RoundInput) (booking.Round, error)
	ChangeRound(ctx context.Context, by booking.Author, id uuid.UUID, change booking.RoundChange) (booking.Round, error)
	CancelRound(ctx context.Context, by booking.Author, id uuid.UUID) (booking.Round, error)
	ListApplications(ctx context.Context, organization uuid.UUID, f booking.ApplicationFilter) (booking.ApplicationPage, error)
	Application(ctx context.Context, organization, id uuid.UUID) (booking.Application, error)
	Apply(ctx context.Context, by booking.Author, in booking.ApplicationInput) (booking.Application, error)
	ChangeApplication(ctx context.Context, by booking.Author, id uuid.UUID, in booking.ApplicationInput) (booking.Application, error)
	Withdraw(ctx context.Context, by booking.Author, id uuid.UUID) error
	AcceptResult(ctx context.Context, by booking.Author, id uuid.UUID) (booking.Application, error)
	DeclineResult(ctx context.Context, by booking.Author, id uuid.UUID) (booking.Application, error)

	Calendars(ctx context.Context, organization, room uuid.UUID) ([]booking.Calendar, error)
	CreateCalendar(ctx context.Context, by booking.Author, room uuid.UUID, name string) (booking.IssuedCalendar, error)
	RevokeCalendar(ctx context.Context, by booking.Author, room, id uuid.UUID) error
}
