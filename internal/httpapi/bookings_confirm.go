package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ConfirmBooking makes an approved booking the borrower's.
func (f *face) ConfirmBooking(ctx context.Context, request api.ConfirmBookingRequestObject) (api.ConfirmBookingResponseObject, error) {
	d, err := f.Bookings.Confirm(ctx, borrowerOf(ctx), request.BookingID)
	if err != nil {
		return nil, err
	}
	return api.ConfirmBooking200JSONResponse(bookingDetail(d)), nil
}
