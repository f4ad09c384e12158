package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// GetFacility reads one facility.
func (h *Handlers) GetFacility(
	ctx context.Context,
	request api.GetFacilityRequestObject,
) (api.GetFacilityResponseObject, error) {
	v, err := h.Venues.Facility(ctx, request.FacilityID)
	if err != nil {
		return nil, err
	}
	return api.GetFacility200JSONResponse{
		FacilityFacts: h.View.FacilityFacts(v),
		Photos:        h.View.Photos(v.Photos),
		HoursText:     wire.List(v.Hours.Sentences(h.Words.Of(ctx))),
	}, nil
}
