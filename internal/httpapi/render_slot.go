package httpapi

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func sitting(o *event.Occurrence, p *event.Part) *api.Sitting {
	s := o.SittingOf(p.ID)
	if s == nil {
		return nil
	}
	return &api.Sitting{Name: s.Name, Number: s.Number, Of: s.Of}
}

func partSlots(s *event.SlotSum) *api.PartSlots {
	if s == nil {
		return nil
	}
	return &api.PartSlots{MaxPerTicket: s.MaxSlots, GapMinutes: s.GapMinutes, Band: api.Band(s.Band()), WalkIns: s.WalkIns > 0}
}

// partsOf finds the parts that slots belong to.
func partsOf(e *event.Event) map[uuid.UUID]*event.Part {
	parts := map[uuid.UUID]*event.Part{}
	for i := range e.Occurrences {
		for j := range e.Occurrences[i].Parts {
			p := &e.Occurrences[i].Parts[j]
			parts[p.ID] = p
		}
	}
	return parts
}

func slot(s *event.BoothSlot, p *event.Part, now time.Time) api.Slot {
	state := event.SlotClosed
	if p != nil {
		state = s.State(p, now)
	}
	return api.Slot{
		ID: s.ID, OccurrenceID: s.OccurrenceID, PartID: s.PartID, StartsAt: tokyo(s.StartsAt), EndsAt: tokyo(s.EndsAt), BoothIds: some(s.Booths),
		State: api.SlotState(state), Band: api.Band(s.Band()),
	}
}

// staffSlots shows slots with their numbers.
func (f *face) staffSlots(e *event.Event, slots []event.BoothSlot) api.StaffSlotList {
	now, parts, out := f.Clock.Now(), partsOf(e), api.StaffSlotList{Items: []api.StaffSlot{}}
	for i := range slots {
		out.Items = append(out.Items, staffSlot(&slots[i], parts[slots[i].PartID], now))
	}
	return out
}

func staffSlot(s *event.BoothSlot, p *event.Part, now time.Time) api.StaffSlot {
	return api.StaffSlot{Slot: slot(s, p, now), Parties: s.Parties, Taken: s.Taken, WalkIn: s.WalkIn, Closed: s.Closed}
}

func ticketSlots(t ticket.Ticket) []api.TicketSlot {
	out := []api.TicketSlot{}
	for _, s := range t.Slots() {
		out = append(out, api.TicketSlot{ID: s.ID, PartID: s.PartID, StartsAt: tokyo(s.StartsAt), EndsAt: tokyo(s.EndsAt)})
	}
	return out
}
