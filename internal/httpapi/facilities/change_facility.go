package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
)

// ChangeFacility changes the parts of a facility that were sent.
func (h *Handlers) ChangeFacility(
	ctx context.Context,
	request api.ChangeFacilityRequestObject,
) (api.ChangeFacilityResponseObject, error) {
	apply, err := venuejson.FacilityChange(request.Body)
	if err != nil {
		return nil, err
	}
	v, err := h.Venues.ChangeFacility(ctx, caller.Author(ctx), request.FacilityID, apply)
	if err != nil {
		return nil, err
	}
	return api.ChangeFacility200JSONResponse(h.View.StaffFacility(v)), nil
}
