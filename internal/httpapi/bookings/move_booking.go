package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// MoveBooking changes a booking's room, time or particulars.
func (h *Handlers) MoveBooking(
	ctx context.Context,
	request api.MoveBookingRequestObject,
) (api.MoveBookingResponseObject, error) {
	in := request.Body
	move := booking.Move{
		RoomID:          in.RoomID,
		StartsAt:        in.StartsAt,
		EndsAt:          in.EndsAt,
		SetupMinutes:    in.SetupMinutes,
		ClearingMinutes: in.ClearingMinutes,
		People:          in.People,
		Title:           in.Title,
		Noise:           (*venue.Noise)(in.Noise),
		Reason:          wire.Or(in.Reason),
	}
	var d booking.Detail
	var err error
	if wire.Or(in.MoveOccurrence) {
		d, err = h.Events.MoveBooking(ctx, caller.Author(ctx), request.BookingID, move)
	} else {
		d, err = h.Bookings.Move(ctx, caller.Author(ctx), request.BookingID, move)
	}
	if err != nil {
		return nil, err
	}
	return api.MoveBooking200JSONResponse(bookingDetail(d)), nil
}
