package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeclineResult gives back the rooms that an application won.
func (h *Handlers) DeclineResult(
	ctx context.Context,
	request api.DeclineResultRequestObject,
) (api.DeclineResultResponseObject, error) {
	a, err := h.Rounds.DeclineResult(ctx, caller.Author(ctx), request.ApplicationID)
	if err != nil {
		return nil, err
	}
	return api.DeclineResult200JSONResponse(application(h.Words.Of(ctx), &a)), nil
}
