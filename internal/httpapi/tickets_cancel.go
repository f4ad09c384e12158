package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// CancelTicket gives the seats back.
func (f *face) CancelTicket(ctx context.Context, _ api.CancelTicketRequestObject) (api.CancelTicketResponseObject, error) {
	t, err := f.Tickets.Cancel(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.CancelTicket200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
}
