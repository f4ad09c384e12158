package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListSlots lists the bookable times of a published event.
func (f *face) ListSlots(ctx context.Context, request api.ListSlotsRequestObject) (api.ListSlotsResponseObject, error) {
	e, err := f.Events.Published(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	slots, err := f.Events.Slots(ctx, request.EventID)
	if err != nil {
		return nil, err
	}
	now, parts, out := f.Clock.Now(), partsOf(&e), api.ListSlots200JSONResponse{Items: []api.Slot{}}
	for i := range slots {
		out.Items = append(out.Items, slot(&slots[i], parts[slots[i].PartID], now))
	}
	return out, nil
}
