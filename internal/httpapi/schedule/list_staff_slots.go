package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ListStaffSlots lists the slots of an event with numbers.
func (h *Handlers) ListStaffSlots(
	ctx context.Context,
	request api.ListStaffSlotsRequestObject,
) (api.ListStaffSlotsResponseObject, error) {
	organization := caller.Author(ctx).Organization
	e, err := h.Events.ForStaff(ctx, organization, request.EventID)
	if err != nil {
		return nil, err
	}
	slots, err := h.Events.SlotsForStaff(ctx, organization, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.ListStaffSlots200JSONResponse(h.staffSlots(&e, slots)), nil
}
