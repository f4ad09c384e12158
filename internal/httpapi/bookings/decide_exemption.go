package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DecideExemption grants or refuses a reduction of the fee.
func (h *Handlers) DecideExemption(
	ctx context.Context,
	request api.DecideExemptionRequestObject,
) (api.DecideExemptionResponseObject, error) {
	d, err := h.Bookings.DecideExemption(
		ctx,
		caller.Author(ctx),
		request.BookingID,
		request.Body.Decision == api.ExemptionDecisionDecisionGrant,
		request.Body.Reason,
	)
	if err != nil {
		return nil, err
	}
	return api.DecideExemption200JSONResponse(bookingDetail(d)), nil
}
