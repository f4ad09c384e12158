package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetTicket shows the ticket whose code was presented.
func (h *Handlers) GetTicket(ctx context.Context, _ api.GetTicketRequestObject) (api.GetTicketResponseObject, error) {
	t, err := h.Tickets.Look(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	whole, err := h.ticketSeated(ctx, t)
	if err != nil {
		return nil, err
	}
	return api.GetTicket200JSONResponse(whole), nil
}
