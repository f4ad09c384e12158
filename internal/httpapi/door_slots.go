package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListDoorSlots shows which tables of the date are free.
func (f *face) ListDoorSlots(ctx context.Context, _ api.ListDoorSlotsRequestObject) (api.ListDoorSlotsResponseObject, error) {
	slots, err := f.Door.Slots(ctx, doorOf(ctx))
	if err != nil {
		return nil, err
	}
	out := api.ListDoorSlots200JSONResponse{Items: []api.DoorSlot{}}
	for _, s := range slots {
		out.Items = append(out.Items, api.DoorSlot{
			ID: s.ID, PartID: s.PartID, StartsAt: tokyo(s.StartsAt), EndsAt: tokyo(s.EndsAt), Booths: some(s.Booths), WalkIn: s.WalkIn, Closed: s.Closed,
			Parties: s.Parties, Taken: s.Taken,
		})
	}
	return out, nil
}

// MarkDoorSlot says how many parties sit in a slot that is kept for walk-ins.
func (f *face) MarkDoorSlot(ctx context.Context, request api.MarkDoorSlotRequestObject) (api.MarkDoorSlotResponseObject, error) {
	parties, err := f.Door.MarkSlot(ctx, doorOf(ctx), request.SlotID, request.Body.Parties)
	if err != nil {
		return nil, err
	}
	return api.MarkDoorSlot200JSONResponse{ID: request.SlotID, Parties: parties, Taken: request.Body.Parties}, nil
}
