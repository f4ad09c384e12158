package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetApplication reads an own application.
func (h *Handlers) GetApplication(
	ctx context.Context,
	request api.GetApplicationRequestObject,
) (api.GetApplicationResponseObject, error) {
	a, err := h.Rounds.Application(ctx, caller.Session(ctx).Organization.ID, request.ApplicationID)
	if err != nil {
		return nil, err
	}
	return api.GetApplication200JSONResponse(application(h.Words.Of(ctx), &a)), nil
}
