package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// CancelRound calls a round off.
func (h *Handlers) CancelRound(
	ctx context.Context,
	request api.CancelRoundRequestObject,
) (api.CancelRoundResponseObject, error) {
	r, err := h.Rounds.Cancel(ctx, caller.Author(ctx), request.RoundID)
	if err != nil {
		return nil, err
	}
	return api.CancelRound200JSONResponse(h.round(h.Words.Of(ctx), &r)), nil
}
