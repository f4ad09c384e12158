package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeleteFacility deletes a facility without rooms.
func (h *Handlers) DeleteFacility(
	ctx context.Context,
	request api.DeleteFacilityRequestObject,
) (api.DeleteFacilityResponseObject, error) {
	if err := h.Venues.DeleteFacility(ctx, caller.Author(ctx), request.FacilityID); err != nil {
		return nil, err
	}
	return api.DeleteFacility204Response{}, nil
}
