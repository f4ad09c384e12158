package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// CloseFacility closes a facility from a day on.
func (h *Handlers) CloseFacility(
	ctx context.Context,
	request api.CloseFacilityRequestObject,
) (api.CloseFacilityResponseObject, error) {
	v, err := h.Venues.CloseFacility(
		ctx,
		caller.Author(ctx),
		request.FacilityID,
		wire.CivilDate(request.Body.On),
		wire.Or(request.Body.Reason),
	)
	if err != nil {
		return nil, err
	}
	return api.CloseFacility200JSONResponse(h.View.StaffFacility(v)), nil
}
