package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// GetTicket shows the ticket whose code was presented.
func (f *face) GetTicket(ctx context.Context, _ api.GetTicketRequestObject) (api.GetTicketResponseObject, error) {
	t, err := f.Tickets.Look(ctx, codeOf(ctx))
	if err != nil {
		return nil, err
	}
	return api.GetTicket200JSONResponse(f.ticketWhole(codeOf(ctx), t)), nil
}

func (f *face) ticketWhole(code secret.Ticket, t ticket.Ticket) api.Ticket {
	out := api.Ticket{
		ID: t.ID, Status: api.TicketStatus(t.Status), EventID: t.EventID, OccurrenceID: t.OccurrenceID, PartID: t.PartID, QuotaID: t.QuotaID,
		Seats: t.Seats, Nickname: t.Nickname, WaitsUntil: local(t.WaitsUntil), OfferedUntil: local(t.OfferedUntil), AskedStillComing: t.AskedStillComing, Slots: ticketSlots(t), ContactKept: t.HasContact,
	}
	if t.WaitsFor != ticket.NoWait {
		reach := api.TicketWaitsFor(t.WaitsFor)
		out.WaitsFor = &reach
	}
	if t.DrawNumber != "" {
		out.DrawNumber = &t.DrawNumber
	}
	if t.JoiningLink != nil {
		out.JoiningLink = &api.JoiningLink{URL: t.JoiningLink.URL, Note: t.JoiningLink.Note, Phone: t.JoiningLink.Phone}
	}
	if token, on := t.Calendar(code); on {
		address := f.BaseURL + "/c/" + token.Reveal() + ".ics"
		out.CalendarURL = &address
	}
	return out
}

// issued is the one answer that holds the code.
func (f *face) issued(code secret.Ticket, t ticket.Ticket) api.IssuedTicket {
	return api.IssuedTicket{
		Secret: code.Reveal(), SecretGrouped: code.Grouped(), TicketURL: f.BaseURL + "/t#" + code.Reveal(), Ticket: f.ticketWhole(code, t),
	}
}
