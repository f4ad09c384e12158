package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// ChangeTicketSlots takes further slots for a ticket, or gives some back.
func (h *Handlers) ChangeTicketSlots(
	ctx context.Context,
	request api.ChangeTicketSlotsRequestObject,
) (api.ChangeTicketSlotsResponseObject, error) {
	t, err := h.changeSlots(ctx, request.Body)
	if err != nil {
		return nil, err
	}
	whole, err := h.ticketSeated(ctx, t)
	if err != nil {
		return nil, err
	}
	return api.ChangeTicketSlots200JSONResponse(whole), nil
}

// changeSlots changes slots behind admission, where there is one.
func (h *Handlers) changeSlots(ctx context.Context, b *api.ChangeTicketSlotsJSONRequestBody) (ticket.Ticket, error) {
	code, take, giveBack := caller.TicketCode(ctx), wire.Or(b.Take), wire.Or(b.GiveBack)
	if h.Admission == nil {
		return h.Tickets.ChangeSlots(ctx, code, take, giveBack)
	}
	return h.Admission.ChangeSlots(ctx, caller.Peer(ctx), code, take, giveBack, wire.Or(b.Proof))
}
