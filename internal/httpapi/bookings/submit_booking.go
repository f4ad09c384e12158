package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// SubmitBooking turns a hold into a request.
func (h *Handlers) SubmitBooking(
	ctx context.Context,
	request api.SubmitBookingRequestObject,
) (api.SubmitBookingResponseObject, error) {
	d, err := h.Bookings.Submit(ctx, caller.Author(ctx), request.BookingID)
	if err != nil {
		return nil, err
	}
	return api.SubmitBooking200JSONResponse(bookingDetail(d)), nil
}
