package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// OpenDoor shows the numbers of the date that a day link opens.
func (h *Handlers) OpenDoor(ctx context.Context, _ api.OpenDoorRequestObject) (api.OpenDoorResponseObject, error) {
	d, err := h.Door.Open(ctx, caller.DoorToken(ctx))
	if err != nil {
		return nil, err
	}
	out := api.OpenDoor200JSONResponse{
		OccurrenceID:        d.OccurrenceID,
		Title:               d.Title,
		StartsAt:            wire.Tokyo(d.StartsAt),
		EndsAt:              wire.Tokyo(d.EndsAt),
		OpensAt:             wire.Tokyo(d.OpensAt),
		ClosesAt:            wire.Tokyo(d.ClosesAt),
		DayCodesPausedUntil: wire.Local(d.PausedUntil),
		Parts:               make([]api.DoorPart, len(d.Parts)),
	}
	for i, p := range d.Parts {
		out.Parts[i] = api.DoorPart{
			DoorCount:   doorCount(p.Count),
			ID:          p.ID,
			Name:        p.Name,
			StartsAt:    wire.Tokyo(p.StartsAt),
			EndsAt:      wire.Tokyo(p.EndsAt),
			Reservation: api.Reservation(p.Reservation),
			Taken:       p.Taken,
			Arrived:     p.Arrived,
		}
	}
	return out, nil
}
