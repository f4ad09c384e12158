package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ConfirmBooking confirms an approved booking.
func (h *Handlers) ConfirmBooking(
	ctx context.Context,
	request api.ConfirmBookingRequestObject,
) (api.ConfirmBookingResponseObject, error) {
	d, err := h.Bookings.Confirm(ctx, caller.Author(ctx), request.BookingID)
	if err != nil {
		return nil, err
	}
	return api.ConfirmBooking200JSONResponse(bookingDetail(d)), nil
}
