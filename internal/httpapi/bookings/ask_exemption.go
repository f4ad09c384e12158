package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// AskExemption asks for a reduction of the fee.
func (h *Handlers) AskExemption(
	ctx context.Context,
	request api.AskExemptionRequestObject,
) (api.AskExemptionResponseObject, error) {
	d, err := h.Bookings.AskExemption(
		ctx,
		caller.Author(ctx),
		request.BookingID,
		request.Body.Class,
		request.Body.Reason,
	)
	if err != nil {
		return nil, err
	}
	return api.AskExemption200JSONResponse(bookingDetail(d)), nil
}
