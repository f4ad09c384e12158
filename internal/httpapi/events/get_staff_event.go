package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetStaffEvent reads an event of the organization's own, or one that a neighbour shares with it.
func (h *Handlers) GetStaffEvent(
	ctx context.Context,
	request api.GetStaffEventRequestObject,
) (api.GetStaffEventResponseObject, error) {
	e, err := h.Events.ForStaff(ctx, caller.Session(ctx).Organization.ID, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.GetStaffEvent200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
