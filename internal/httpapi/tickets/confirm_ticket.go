package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ConfirmTicket accepts an offered seat, or confirms that the holder is still coming.
func (h *Handlers) ConfirmTicket(
	ctx context.Context,
	_ api.ConfirmTicketRequestObject,
) (api.ConfirmTicketResponseObject, error) {
	t, err := h.Tickets.Confirm(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	return api.ConfirmTicket200JSONResponse(h.ticketWhole(caller.TicketCode(ctx), t)), nil
}
