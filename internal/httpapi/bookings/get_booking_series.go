package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetBookingSeries reads a series of bookings with its dates.
func (h *Handlers) GetBookingSeries(
	ctx context.Context,
	request api.GetBookingSeriesRequestObject,
) (api.GetBookingSeriesResponseObject, error) {
	s, err := h.Bookings.GetSeries(ctx, caller.Session(ctx).Organization.ID, request.BookingSeriesID)
	if err != nil {
		return nil, err
	}
	return api.GetBookingSeries200JSONResponse(bookingSeries(&s)), nil
}
