package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetStaffEvent reads an own event, or one that a neighbour shares.
func (f *face) GetStaffEvent(ctx context.Context, request api.GetStaffEventRequestObject) (api.GetStaffEventResponseObject, error) {
	e, err := f.Events.ForStaff(ctx, sessionOf(ctx).Organization.ID, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.GetStaffEvent200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
