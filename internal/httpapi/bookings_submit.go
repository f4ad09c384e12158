package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// SubmitBooking turns a hold into a request.
func (f *face) SubmitBooking(ctx context.Context, request api.SubmitBookingRequestObject) (api.SubmitBookingResponseObject, error) {
	d, err := f.Bookings.Submit(ctx, borrowerOf(ctx), request.BookingID)
	if err != nil {
		return nil, err
	}
	return api.SubmitBooking200JSONResponse(bookingDetail(d)), nil
}
