package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetRound reads a round.
func (h *Handlers) GetRound(
	ctx context.Context,
	request api.GetRoundRequestObject,
) (api.GetRoundResponseObject, error) {
	r, err := h.Rounds.Get(ctx, request.RoundID)
	if err != nil {
		return nil, err
	}
	return api.GetRound200JSONResponse(h.round(h.Words.Of(ctx), &r)), nil
}
