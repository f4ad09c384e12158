package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// DeclineBooking declines with a reason.
func (f *face) DeclineBooking(ctx context.Context, request api.DeclineBookingRequestObject) (api.DeclineBookingResponseObject, error) {
	d, err := f.Bookings.Decline(ctx, borrowerOf(ctx), request.BookingID, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return api.DeclineBooking200JSONResponse(bookingDetail(d)), nil
}
