package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// RotateTicket gives the ticket a new code, the caller's own one where it sent one.
func (h *Handlers) RotateTicket(
	ctx context.Context,
	request api.RotateTicketRequestObject,
) (api.RotateTicketResponseObject, error) {
	code, t, err := h.rotate(ctx, request.Body)
	if err != nil {
		return nil, err
	}
	return api.RotateTicket200JSONResponse(h.issued(code, t)), nil
}

func (h *Handlers) rotate(
	ctx context.Context,
	b *api.RotateTicketJSONRequestBody,
) (secret.Ticket, ticket.Ticket, error) {
	if b == nil || b.NextSecret == nil {
		return h.Tickets.Rotate(ctx, caller.TicketCode(ctx))
	}
	next, err := secret.ParseTicket(*b.NextSecret)
	if err != nil {
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	t, err := h.Tickets.RotateTo(ctx, caller.TicketCode(ctx), next)
	return next, t, err
}
