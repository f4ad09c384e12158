package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// StartCalendar turns the private calendar of a ticket on, or gives it another address.
func (h *Handlers) StartCalendar(
	ctx context.Context,
	_ api.StartCalendarRequestObject,
) (api.StartCalendarResponseObject, error) {
	if _, err := h.Tickets.StartCalendar(ctx, caller.TicketCode(ctx)); err != nil {
		return nil, err
	}
	t, err := h.Tickets.Look(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	return api.StartCalendar200JSONResponse(h.ticketWhole(caller.TicketCode(ctx), t)), nil
}
