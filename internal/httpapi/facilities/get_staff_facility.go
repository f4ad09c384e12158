package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetStaffFacility reads a facility of the organization's own.
func (h *Handlers) GetStaffFacility(
	ctx context.Context,
	request api.GetStaffFacilityRequestObject,
) (api.GetStaffFacilityResponseObject, error) {
	v, err := h.Venues.FacilityForStaff(ctx, caller.Session(ctx).Organization.ID, request.FacilityID)
	if err != nil {
		return nil, err
	}
	return api.GetStaffFacility200JSONResponse(h.View.StaffFacility(v)), nil
}
