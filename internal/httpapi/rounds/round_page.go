package rounds

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

func (h *Handlers) roundPage(ctx context.Context, filter round.Filter, cursor *string) (api.RoundPage, error) {
	bound := []string{"rounds", filter.Lender.String(), filter.Room.String(), fmt.Sprint(filter.Current)}
	var err error
	if filter.After, err = h.roundPosition(cursor, bound); err != nil {
		return api.RoundPage{}, err
	}
	page, err := h.Rounds.List(ctx, filter)
	if err != nil {
		return api.RoundPage{}, err
	}
	return api.RoundPage{Items: h.rounds(h.Words.Of(ctx), page.Items), NextCursor: h.sealRound(page.Next, bound)}, nil
}

func (h *Handlers) roundPosition(cursor *string, bound []string) (*round.Position, error) {
	if cursor == nil {
		return nil, nil //nolint:nilnil // the first page
	}
	moment, id, err := h.Positions.Open(*cursor, bound...)
	if err != nil {
		return nil, err
	}
	return &round.Position{CreatedAt: listing.NumberMoment(moment), ID: id}, nil
}

func (h *Handlers) sealRound(p *round.Position, bound []string) *string {
	if p == nil {
		return nil
	}
	next := h.Positions.Seal(listing.MomentNumber(p.CreatedAt), p.ID, bound...)
	return &next
}
