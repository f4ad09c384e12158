package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ListDoorSlots shows which tables of the date are free.
func (h *Handlers) ListDoorSlots(
	ctx context.Context,
	_ api.ListDoorSlotsRequestObject,
) (api.ListDoorSlotsResponseObject, error) {
	slots, err := h.Door.Slots(ctx, caller.DoorToken(ctx))
	if err != nil {
		return nil, err
	}
	out := api.ListDoorSlots200JSONResponse{Items: []api.DoorSlot{}}
	for _, s := range slots {
		out.Items = append(out.Items, api.DoorSlot{
			ID:       s.ID,
			PartID:   s.PartID,
			StartsAt: wire.Tokyo(s.StartsAt),
			EndsAt:   wire.Tokyo(s.EndsAt),
			Booths:   wire.List(s.Booths),
			WalkIn:   s.WalkIn,
			Closed:   s.Closed,
			Parties:  s.Parties,
			Taken:    s.Taken,
		})
	}
	return out, nil
}
