package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListStaffSlots lists the slots of an event with numbers.
func (f *face) ListStaffSlots(ctx context.Context, request api.ListStaffSlotsRequestObject) (api.ListStaffSlotsResponseObject, error) {
	organization := authorOf(ctx).Organization
	e, err := f.Events.ForStaff(ctx, organization, request.EventID)
	if err != nil {
		return nil, err
	}
	slots, err := f.Events.SlotsForStaff(ctx, organization, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.ListStaffSlots200JSONResponse(f.staffSlots(&e, slots)), nil
}
