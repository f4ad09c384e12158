package tickets

import (
	"context"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func ticketSlots(t ticket.Ticket) []api.TicketSlot {
	out := []api.TicketSlot{}
	for _, s := range t.Slots() {
		out = append(
			out,
			api.TicketSlot{ID: s.ID, PartID: s.PartID, StartsAt: wire.Tokyo(s.StartsAt), EndsAt: wire.Tokyo(s.EndsAt)},
		)
	}
	return out
}

// ticketSeated is ticketWhole with the sittings, which take a question of their own.
func (h *Handlers) ticketSeated(ctx context.Context, t ticket.Ticket) (api.Ticket, error) {
	out := h.ticketWhole(caller.TicketCode(ctx), t)
	parts := []uuid.UUID{t.PartID}
	for _, s := range t.Slots() {
		parts = append(parts, s.PartID)
	}
	found, err := h.Events.Sittings(ctx, parts)
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

func (h *Handlers) ticketWhole(code secret.Ticket, t ticket.Ticket) api.Ticket {
	out := api.Ticket{
		ID:               t.ID,
		Status:           api.TicketStatus(t.Status),
		EventID:          t.EventID,
		OccurrenceID:     t.OccurrenceID,
		PartID:           t.PartID,
		QuotaID:          t.QuotaID,
		Seats:            t.Seats,
		Nickname:         t.Nickname,
		WaitsUntil:       wire.Local(t.WaitsUntil),
		OfferedUntil:     wire.Local(t.OfferedUntil),
		AskedStillComing: t.AskedStillComing,
		Slots:            ticketSlots(t),
		ContactKept:      t.HasContact,
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
		address := h.BaseURL + "/c/" + token.Reveal() + ".ics"
		out.CalendarURL = &address
	}
	return out
}
