package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ListClosures lists closures that are not over.
func (h *Handlers) ListClosures(
	ctx context.Context,
	request api.ListClosuresRequestObject,
) (api.ListClosuresResponseObject, error) {
	all, err := h.Venues.ClosingsForStaff(ctx, caller.Session(ctx).Organization.ID, request.FacilityID)
	if err != nil {
		return nil, err
	}
	out := api.ListClosures200JSONResponse{Items: make([]api.Closure, len(all))}
	for i, c := range all {
		out.Items[i] = closure(c)
	}
	return out, nil
}
