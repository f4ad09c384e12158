package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// CreateClosure closes a facility or a room for a span of time.
func (h *Handlers) CreateClosure(
	ctx context.Context,
	request api.CreateClosureRequestObject,
) (api.CreateClosureResponseObject, error) {
	c, err := h.Venues.AddClosing(ctx, caller.Author(ctx), request.FacilityID, closureInput(request.Body))
	if err != nil {
		return nil, err
	}
	return api.CreateClosure201JSONResponse(closure(c)), nil
}
