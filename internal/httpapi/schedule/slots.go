package schedule

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// staffSlots shows slots with their numbers.
func (h *Handlers) staffSlots(e *event.Event, slots []event.BoothSlot) api.StaffSlotList {
	now, parts, out := h.Clock.Now(), eventjson.PartsOf(e), api.StaffSlotList{Items: []api.StaffSlot{}}
	for i := range slots {
		out.Items = append(out.Items, eventjson.StaffSlot(&slots[i], parts[slots[i].PartID], now))
	}
	return out
}
