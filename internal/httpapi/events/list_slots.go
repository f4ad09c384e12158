package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// ListSlots lists the bookable times of a published event.
func (h *Handlers) ListSlots(
	ctx context.Context,
	request api.ListSlotsRequestObject,
) (api.ListSlotsResponseObject, error) {
	e, err := h.Events.Published(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	slots, err := h.Events.Slots(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	now, parts, out := h.Clock.Now(), eventjson.PartsOf(&e), api.ListSlots200JSONResponse{Items: []api.Slot{}}
	for i := range slots {
		out.Items = append(out.Items, eventjson.Slot(&slots[i], parts[slots[i].PartID], now))
	}
	return out, nil
}
