package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// OpenFacility shows a facility to everybody.
func (h *Handlers) OpenFacility(
	ctx context.Context,
	request api.OpenFacilityRequestObject,
) (api.OpenFacilityResponseObject, error) {
	v, err := h.Venues.OpenFacility(ctx, caller.Author(ctx), request.FacilityID)
	if err != nil {
		return nil, err
	}
	return api.OpenFacility200JSONResponse(h.View.StaffFacility(v)), nil
}
