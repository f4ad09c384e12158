package door

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// UndoCheckIn takes an arrival back.
func (h *Handlers) UndoCheckIn(
	ctx context.Context,
	request api.UndoCheckInRequestObject,
) (api.UndoCheckInResponseObject, error) {
	shown, err := shownOf(request.Body)
	if err != nil {
		return nil, err
	}
	c, err := h.Door.Undo(ctx, caller.DoorToken(ctx), shown)
	if err != nil {
		return nil, err
	}
	return api.UndoCheckIn200JSONResponse(doorCheckIn(c)), nil
}
