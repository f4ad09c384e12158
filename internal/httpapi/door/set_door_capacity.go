package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// SetDoorCapacity sets how many people fit into a part at the door.
func (h *Handlers) SetDoorCapacity(
	ctx context.Context,
	request api.SetDoorCapacityRequestObject,
) (api.SetDoorCapacityResponseObject, error) {
	now, err := h.Door.SetCapacity(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.OccurrenceID,
		request.PartID,
		request.Body.Capacity,
	)
	if err != nil {
		return nil, err
	}
	return api.SetDoorCapacity200JSONResponse(doorCount(now)), nil
}
