package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// LookAtPaperCode tells which seats a code on paper can take.
func (h *Handlers) LookAtPaperCode(
	ctx context.Context,
	request api.LookAtPaperCodeRequestObject,
) (api.LookAtPaperCodeResponseObject, error) {
	code, err := secret.ParsePaper(request.Body.PaperCode)
	if err != nil {
		return nil, err
	}
	g, err := h.Paper.Look(ctx, code)
	if err != nil {
		return nil, err
	}
	return api.LookAtPaperCode200JSONResponse{
		EventID:      g.EventID,
		OccurrenceID: g.OccurrenceID,
		PartID:       g.PartID,
		Seats:        g.Seats,
		ReturnsAt:    wire.Tokyo(g.ReturnsAt),
	}, nil
}
