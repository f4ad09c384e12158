package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ConfirmTicket says yes to an offer, or that one is still coming.
func (f *face) ConfirmTicket(ctx context.Context, _ api.ConfirmTicketRequestObject) (api.ConfirmTicketResponseObject, error) {
	t, err := f.Tickets.Confirm(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.ConfirmTicket200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
}
