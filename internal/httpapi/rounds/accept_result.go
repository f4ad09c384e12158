package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// AcceptResult accepts the rooms that an application won.
func (h *Handlers) AcceptResult(
	ctx context.Context,
	request api.AcceptResultRequestObject,
) (api.AcceptResultResponseObject, error) {
	a, err := h.Rounds.AcceptResult(ctx, caller.Author(ctx), request.ApplicationID)
	if err != nil {
		return nil, err
	}
	return api.AcceptResult200JSONResponse(application(h.Words.Of(ctx), &a)), nil
}
