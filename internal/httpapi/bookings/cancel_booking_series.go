package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// CancelBookingSeries cancels one date of a series, a date and those after it, or all.
func (h *Handlers) CancelBookingSeries(
	ctx context.Context,
	request api.CancelBookingSeriesRequestObject,
) (api.CancelBookingSeriesResponseObject, error) {
	in := request.Body
	s, err := h.Bookings.CancelSeries(
		ctx,
		caller.Author(ctx),
		request.BookingSeriesID,
		booking.Scope(in.Scope),
		wire.Or(in.From),
		wire.Or(in.Reason),
	)
	if err != nil {
		return nil, err
	}
	return api.CancelBookingSeries200JSONResponse(bookingSeries(&s)), nil
}
