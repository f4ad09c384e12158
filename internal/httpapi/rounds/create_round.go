package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// CreateRound announces a round for the organization's rooms.
func (h *Handlers) CreateRound(
	ctx context.Context,
	request api.CreateRoundRequestObject,
) (api.CreateRoundResponseObject, error) {
	in := request.Body
	r, err := h.Rounds.Create(ctx, caller.Author(ctx), round.Input{
		Name:            in.Name,
		Note:            wire.Or(in.Note),
		Rooms:           in.RoomIds,
		FirstDay:        wire.CivilDate(in.FirstDay),
		LastDay:         wire.CivilDate(in.LastDay),
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
	at := contract.Base + "/organizations/" + request.Slug + "/rounds/" + r.ID.String()
	return api.CreateRound201JSONResponse{
		Body:    h.round(h.Words.Of(ctx), &r),
		Headers: api.CreateRound201ResponseHeaders{Location: &at},
	}, nil
}
