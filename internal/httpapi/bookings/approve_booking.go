package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ApproveBooking approves a booking, one step where several are needed.
func (h *Handlers) ApproveBooking(
	ctx context.Context,
	request api.ApproveBookingRequestObject,
) (api.ApproveBookingResponseObject, error) {
	d, err := h.Bookings.Approve(ctx, caller.Author(ctx), request.BookingID, wire.Or(request.Body.Conditions))
	if err != nil {
		return nil, err
	}
	return api.ApproveBooking200JSONResponse(bookingDetail(d)), nil
}
