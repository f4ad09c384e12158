package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// OpenDoor shows the date that a day link opens, in numbers.
func (f *face) OpenDoor(ctx context.Context, _ api.OpenDoorRequestObject) (api.OpenDoorResponseObject, error) {
	d, err := f.Door.Open(ctx, doorOf(ctx))
	if err != nil {
		return nil, err
	}
	out := api.OpenDoor200JSONResponse{
		OccurrenceID: d.OccurrenceID, Title: d.Title, StartsAt: tokyo(d.StartsAt), EndsAt: tokyo(d.EndsAt), OpensAt: tokyo(d.OpensAt), ClosesAt: tokyo(d.ClosesAt),
		DayCodesPausedUntil: local(d.PausedUntil),
		Parts:               make([]api.DoorPart, len(d.Parts)),
	}
	for i, p := range d.Parts {
		out.Parts[i] = api.DoorPart{
			DoorCount: doorCount(p.Count), ID: p.ID, Name: p.Name, StartsAt: tokyo(p.StartsAt), EndsAt: tokyo(p.EndsAt), Reservation: api.Reservation(p.Reservation),
			Taken: p.Taken, Arrived: p.Arrived,
		}
	}
	return out, nil
}
