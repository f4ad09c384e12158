package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// ChangeTicketSlots takes further slots for a ticket, or gives some back.
func (f *face) ChangeTicketSlots(ctx context.Context, request api.ChangeTicketSlotsRequestObject) (api.ChangeTicketSlotsResponseObject, error) {
	b := request.Body
	change := func() (ticket.Ticket, error) {
		return f.Tickets.ChangeSlots(ctx, codeOf(ctx), or(b.Take), or(b.GiveBack))
	}
	if f.Guard != nil {
		change = func() (ticket.Ticket, error) {
			return f.Guard.ChangeSlots(ctx, peerOf(ctx), codeOf(ctx), or(b.Take), or(b.GiveBack), or(b.Proof))
		}
	}
	t, err := change()
	if err != nil {
		return nil, err
	}
	whole, err := f.ticketSeated(ctx, t)
	if err != nil {
		return nil, err
	}
	return api.ChangeTicketSlots200JSONResponse(whole), nil
}
