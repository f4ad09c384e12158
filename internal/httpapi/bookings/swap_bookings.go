package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// SwapBookings swaps the rooms and times of two bookings.
func (h *Handlers) SwapBookings(
	ctx context.Context,
	request api.SwapBookingsRequestObject,
) (api.SwapBookingsResponseObject, error) {
	first, second, err := h.Bookings.Swap(
		ctx,
		caller.Author(ctx),
		request.BookingID,
		request.Body.With,
		wire.Or(request.Body.Reason),
	)
	if err != nil {
		return nil, err
	}
	return api.SwapBookings200JSONResponse{First: bookingDetail(first), Second: bookingDetail(second)}, nil
}
