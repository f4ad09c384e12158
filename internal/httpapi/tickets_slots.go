package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ChangeTicketSlots takes further slots for a ticket, or gives some back.
func (f *face) ChangeTicketSlots(ctx context.Context, request api.ChangeTicketSlotsRequestObject) (api.ChangeTicketSlotsResponseObject, error) {
	t, err := f.Tickets.ChangeSlots(ctx, codeOf(ctx), or(request.Body.Take), or(request.Body.GiveBack))
	if err != nil {
		return nil, err
	}
	return api.ChangeTicketSlots200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
}
