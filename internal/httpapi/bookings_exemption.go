package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// AskExemption asks for a reduction of the fee.
func (f *face) AskExemption(ctx context.Context, request api.AskExemptionRequestObject) (api.AskExemptionResponseObject, error) {
	d, err := f.Bookings.AskExemption(ctx, borrowerOf(ctx), request.BookingID, request.Body.Class, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return api.AskExemption200JSONResponse(bookingDetail(d)), nil
}

// DecideExemption grants or refuses it.
func (f *face) DecideExemption(ctx context.Context, request api.DecideExemptionRequestObject) (api.DecideExemptionResponseObject, error) {
	d, err := f.Bookings.DecideExemption(ctx, borrowerOf(ctx), request.BookingID, request.Body.Decision == api.ExemptionDecisionDecisionGrant, request.Body.Reason)
	if err != nil {
		return nil, err
	}
	return api.DecideExemption200JSONResponse(bookingDetail(d)), nil
}
