package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GiveDayCode gives the holder the digits to show at the door.
func (h *Handlers) GiveDayCode(
	ctx context.Context,
	_ api.GiveDayCodeRequestObject,
) (api.GiveDayCodeResponseObject, error) {
	digits, err := h.Tickets.DayCode(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	t, err := h.Tickets.Look(ctx, caller.TicketCode(ctx))
	if err != nil {
		return nil, err
	}
	out := api.GiveDayCode200JSONResponse{DayCode: digits.Reveal()}
	if l := t.JoiningLink; l != nil && l.Phone != "" {
		spoken := l.Spoken(digits.Reveal())
		out.Phone = &spoken
	}
	return out, nil
}
