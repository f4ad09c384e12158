package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ForgetContact deletes the ticket's contact.
func (h *Handlers) ForgetContact(
	ctx context.Context,
	_ api.ForgetContactRequestObject,
) (api.ForgetContactResponseObject, error) {
	if err := h.Contacts.Remove(ctx, caller.TicketCode(ctx)); err != nil {
		return nil, err
	}
	t, err := h.Tickets.Look(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	return api.ForgetContact200JSONResponse(h.ticketWhole(caller.TicketCode(ctx), t)), nil
}
