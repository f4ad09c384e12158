package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ApproveBooking gives a step of approval.
func (f *face) ApproveBooking(ctx context.Context, request api.ApproveBookingRequestObject) (api.ApproveBookingResponseObject, error) {
	d, err := f.Bookings.Approve(ctx, borrowerOf(ctx), request.BookingID, or(request.Body.Conditions))
	if err != nil {
		return nil, err
	}
	return api.ApproveBooking200JSONResponse(bookingDetail(d)), nil
}
