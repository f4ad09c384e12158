package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeclineBooking declines a booking with a reason.
func (h *Handlers) DeclineBooking(
	ctx context.Context,
	request api.DeclineBookingRequestObject,
) (api.DeclineBookingResponseObject, error) {
	d, err := h.Bookings.Decline(ctx, caller.Author(ctx), request.BookingID, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return api.DeclineBooking200JSONResponse(bookingDetail(d)), nil
}
