package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeleteClosure removes a closure.
func (h *Handlers) DeleteClosure(
	ctx context.Context,
	request api.DeleteClosureRequestObject,
) (api.DeleteClosureResponseObject, error) {
	if err := h.Venues.RemoveClosing(ctx, caller.Author(ctx), request.FacilityID, request.ClosureID); err != nil {
		return nil, err
	}
	return api.DeleteClosure204Response{}, nil
}
