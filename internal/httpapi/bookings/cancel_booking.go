package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// CancelBooking cancels a booking.
func (h *Handlers) CancelBooking(
	ctx context.Context,
	request api.CancelBookingRequestObject,
) (api.CancelBookingResponseObject, error) {
	d, err := h.Bookings.Cancel(ctx, caller.Author(ctx), request.BookingID, wire.Or(request.Body.Reason))
	if err != nil {
		return nil, err
	}
	return api.CancelBooking200JSONResponse(bookingDetail(d)), nil
}
