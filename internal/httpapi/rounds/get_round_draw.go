package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// GetRoundDraw publishes the inputs of a draw, so that anybody can repeat it.
func (h *Handlers) GetRoundDraw(
	ctx context.Context,
	request api.GetRoundDrawRequestObject,
) (api.GetRoundDrawResponseObject, error) {
	r, err := h.Rounds.Get(ctx, request.RoundID)
	if err != nil {
		return nil, err
	}
	d, err := roundDraw(&r)
	return api.GetRoundDraw200JSONResponse(d), err
}
