package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// ChangeRound changes a round's texts and, before applications open, its dates and numbers.
func (h *Handlers) ChangeRound(
	ctx context.Context,
	request api.ChangeRoundRequestObject,
) (api.ChangeRoundResponseObject, error) {
	in := request.Body
	r, err := h.Rounds.Change(ctx, caller.Author(ctx), request.RoundID, round.Change{
		Name:            in.Name,
		Note:            in.Note,
		OpensAt:         in.OpensAt,
		ClosesAt:        in.ClosesAt,
		DrawsAt:         in.DrawsAt,
		AcceptUntil:     in.AcceptUntil,
		ApplicationsMax: in.ApplicationsMax,
		WishesMax:       in.WishesMax,
	})
	if err != nil {
		return nil, err
	}
	return api.ChangeRound200JSONResponse(h.round(h.Words.Of(ctx), &r)), nil
}
