package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// MoveBooking changes a booking's room, time or particulars.
func (f *face) MoveBooking(ctx context.Context, request api.MoveBookingRequestObject) (api.MoveBookingResponseObject, error) {
	in := request.Body
	move := booking.Move{
		RoomID: in.RoomID, StartsAt: in.StartsAt, EndsAt: in.EndsAt, SetupMinutes: in.SetupMinutes, ClearingMinutes: in.ClearingMinutes, People: in.People, Title: in.Title,
		Noise: (*venue.Noise)(in.Noise), Reason: or(in.Reason),
	}
	var d booking.Detail
	var err error
	if or(in.MoveOccurrence) {
		d, err = f.Events.MoveBooking(ctx, authorOf(ctx), request.BookingID, move)
	} else {
		d, err = f.Bookings.Move(ctx, borrowerOf(ctx), request.BookingID, move)
	}
	if err != nil {
		return nil, err
	}
	return api.MoveBooking200JSONResponse(bookingDetail(d)), nil
}

// SwapBookings lets two bookings change places.
func (f *face) SwapBookings(ctx context.Context, request api.SwapBookingsRequestObject) (api.SwapBookingsResponseObject, error) {
	first, second, err := f.Bookings.Swap(ctx, borrowerOf(ctx), request.BookingID, request.Body.With, or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.SwapBookings200JSONResponse{First: bookingDetail(first), Second: bookingDetail(second)}, nil
}
