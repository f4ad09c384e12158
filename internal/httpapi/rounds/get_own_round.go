package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// GetOwnRound reads a round of the organization's own with the number of its applications.
func (h *Handlers) GetOwnRound(
	ctx context.Context,
	request api.GetOwnRoundRequestObject,
) (api.GetOwnRoundResponseObject, error) {
	r, n, err := h.Rounds.GetOwn(ctx, caller.Session(ctx).Organization.ID, request.RoundID)
	if err != nil {
		return nil, err
	}
	return api.GetOwnRound200JSONResponse{Round: h.round(h.Words.Of(ctx), &r), Applications: n}, nil
}
