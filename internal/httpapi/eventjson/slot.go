package eventjson

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
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
	return &api.PartSlots{
		MaxPerTicket: s.MaxSlots,
		GapMinutes:   s.GapMinutes,
		Band:         api.Band(s.Band()),
		WalkIns:      s.WalkIns > 0,
	}
}

// PartsOf finds the parts that slots belong to.
func PartsOf(e *event.Event) map[uuid.UUID]*event.Part {
	parts := map[uuid.UUID]*event.Part{}
	for i := range e.Occurrences {
		for j := range e.Occurrences[i].Parts {
			p := &e.Occurrences[i].Parts[j]
			parts[p.ID] = p
		}
	}
	return parts
}

// Slot is a slot as anyone may see it: a band instead of a number.
func Slot(s *event.BoothSlot, p *event.Part, now time.Time) api.Slot {
	state := event.SlotClosed
	if p != nil {
		state = s.State(p, now)
	}
	return api.Slot{
		ID:           s.ID,
		OccurrenceID: s.OccurrenceID,
		PartID:       s.PartID,
		StartsAt:     wire.Tokyo(s.StartsAt),
		EndsAt:       wire.Tokyo(s.EndsAt),
		BoothIds:     wire.List(s.Booths),
		State:        api.SlotState(state),
		Band:         api.Band(s.Band()),
	}
}

// StaffSlot is a slot with its numbers.
func StaffSlot(s *event.BoothSlot, p *event.Part, now time.Time) api.StaffSlot {
	return api.StaffSlot{Slot: Slot(s, p, now), Parties: s.Parties, Taken: s.Taken, WalkIn: s.WalkIn, Closed: s.Closed}
}
