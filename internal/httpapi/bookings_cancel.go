package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// CancelBooking gives a booking up.
func (f *face) CancelBooking(ctx context.Context, request api.CancelBookingRequestObject) (api.CancelBookingResponseObject, error) {
	d, err := f.Bookings.Cancel(ctx, borrowerOf(ctx), request.BookingID, or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.CancelBooking200JSONResponse(bookingDetail(d)), nil
}
