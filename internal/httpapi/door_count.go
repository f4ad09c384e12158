package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/door"
)

// CountAtDoor counts taps that a phone made, perhaps some while ago.
func (f *face) CountAtDoor(ctx context.Context, request api.CountAtDoorRequestObject) (api.CountAtDoorResponseObject, error) {
	taps := make([]door.Tap, len(request.Body.Taps))
	for i, t := range request.Body.Taps {
		taps[i] = door.Tap{ID: t.ID, Delta: t.Delta}
	}
	now, err := f.Door.Tap(ctx, doorOf(ctx), request.PartID, taps)
	if err != nil {
		return nil, err
	}
	return api.CountAtDoor200JSONResponse(doorCount(now)), nil
}
