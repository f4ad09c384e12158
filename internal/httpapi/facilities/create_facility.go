package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// CreateFacility makes a draft of a facility.
func (h *Handlers) CreateFacility(
	ctx context.Context,
	request api.CreateFacilityRequestObject,
) (api.CreateFacilityResponseObject, error) {
	var change api.FacilityChange
	if err := venuejson.ReadDocument(&change, request.Body); err != nil {
		return nil, err
	}
	apply, err := venuejson.FacilityChange(&change)
	if err != nil {
		return nil, err
	}
	var in venue.FacilityInput
	apply(&in)
	v, err := h.Venues.CreateFacility(ctx, caller.Author(ctx), in)
	if err != nil {
		return nil, err
	}
	at := contract.Base + "/organizations/" + request.Slug + "/facilities/" + v.ID.String()
	return api.CreateFacility201JSONResponse{
		Body:    h.View.StaffFacility(v),
		Headers: api.CreateFacility201ResponseHeaders{Location: &at},
	}, nil
}
