package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// StopCalendar turns the ticket's calendar off; its address stops working.
func (h *Handlers) StopCalendar(
	ctx context.Context,
	_ api.StopCalendarRequestObject,
) (api.StopCalendarResponseObject, error) {
	if err := h.Tickets.StopCalendar(ctx, caller.TicketCode(ctx)); err != nil {
		return nil, err
	}
	t, err := h.Tickets.Look(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	return api.StopCalendar200JSONResponse(h.ticketWhole(caller.TicketCode(ctx), t)), nil
}
