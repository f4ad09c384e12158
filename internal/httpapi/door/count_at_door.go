package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// CountAtDoor counts taps that a phone made, possibly some time ago.
func (h *Handlers) CountAtDoor(
	ctx context.Context,
	request api.CountAtDoorRequestObject,
) (api.CountAtDoorResponseObject, error) {
	taps := make([]door.Tap, len(request.Body.Taps))
	for i, t := range request.Body.Taps {
		taps[i] = door.Tap{ID: t.ID, Delta: t.Delta}
	}
	now, err := h.Door.Tap(ctx, caller.DoorToken(ctx), request.PartID, taps)
	if err != nil {
		return nil, err
	}
	return api.CountAtDoor200JSONResponse(doorCount(now)), nil
}
