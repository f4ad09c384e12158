package httpapi

import (
	"context"

	"github.com/google/uuid"

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
	whole, err := f.ticketSeated(ctx, t)
	if err != nil {
		return nil, err
	}
	return api.GetTicket200JSONResponse(whole), nil
}

// ticketSeated is ticketWhole with the sittings, which take a question of their own.
func (f *face) ticketSeated(ctx context.Context, t ticket.Ticket) (api.Ticket, error) {
	out := f.ticketWhole(codeOf(ctx), t)
	parts := []uuid.UUID{t.PartID}
	for _, s := range t.Slots() {
		parts = append(parts, s.PartID)
	}
	found, err := f.Events.Sittings(ctx, parts)
	if err != nil {
		return api.Ticket{}, err
	}
	of := func(part uuid.UUID) *api.Sitting {
		s, ok := found[part]
		if !ok {
			return nil
		}
		return &api.Sitting{Name: s.Name, Number: s.Number, Of: s.Of}
	}
	out.Sitting = of(t.PartID)
	for i := range out.Slots {
		out.Slots[i].Sitting = of(out.Slots[i].PartID)
	}
	return out, nil
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
