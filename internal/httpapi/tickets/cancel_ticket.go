package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// CancelTicket cancels a ticket and gives its seats back.
func (h *Handlers) CancelTicket(
	ctx context.Context,
	_ api.CancelTicketRequestObject,
) (api.CancelTicketResponseObject, error) {
	t, err := h.Tickets.Cancel(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	return api.CancelTicket200JSONResponse(h.ticketWhole(caller.TicketCode(ctx), t)), nil
}
