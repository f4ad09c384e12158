package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetBooking reads a booking with its history, and the date that uses it as far as the asking side
// may see.
func (h *Handlers) GetBooking(
	ctx context.Context,
	request api.GetBookingRequestObject,
) (api.GetBookingResponseObject, error) {
	d, err := h.Bookings.Get(ctx, caller.Session(ctx).Organization.ID, request.BookingID)
	if err != nil {
		return nil, err
	}
	served, err := h.Events.ServedBy(ctx, caller.Session(ctx).Organization.ID, request.BookingID)
	if err != nil {
		return nil, err
	}
	return api.GetBooking200JSONResponse{BookingDetail: bookingDetail(d), Event: h.bookingEvent(served)}, nil
}
