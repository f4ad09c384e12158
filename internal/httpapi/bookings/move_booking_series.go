package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// MoveBookingSeries moves one date of a series, a date and those after it, or all.
func (h *Handlers) MoveBookingSeries(
	ctx context.Context,
	request api.MoveBookingSeriesRequestObject,
) (api.MoveBookingSeriesResponseObject, error) {
	in := request.Body
	s, err := h.Bookings.ChangeSeries(ctx, caller.Author(ctx), request.BookingSeriesID, booking.SeriesChange{
		Scope:     booking.Scope(in.Scope),
		From:      wire.Or(in.From),
		RoomID:    in.RoomID,
		Starts:    timeOrNil(in.StartsTime),
		Ends:      timeOrNil(in.EndsTime),
		ShiftDays: wire.Or(in.ShiftDays),
		People:    in.People,
		Title:     in.Title,
		Noise:     (*venue.Noise)(in.Noise),
		Reason:    wire.Or(in.Reason),
	})
	if err != nil {
		return nil, err
	}
	return api.MoveBookingSeries200JSONResponse(bookingSeries(&s)), nil
}
