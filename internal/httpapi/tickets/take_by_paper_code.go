package tickets

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// TakeByPaperCode takes seats by a code on paper.
func (h *Handlers) TakeByPaperCode(
	ctx context.Context,
	request api.TakeByPaperCodeRequestObject,
) (api.TakeByPaperCodeResponseObject, error) {
	b := request.Body
	code, err := secret.ParsePaper(b.PaperCode)
	if err != nil {
		return nil, err
	}
	wanted := ticket.Request{Seats: 1, Nickname: wire.Or(b.Nickname)}
	if b.Seats != nil {
		wanted.Seats = *b.Seats
	}
	if b.Secret != nil {
		if wanted.Secret, err = secret.ParseTicket(*b.Secret); err != nil {
			return nil, err
		}
	}
	mine, t, err := h.Paper.Take(ctx, code, wanted)
	if err != nil {
		return nil, err
	}
	return api.TakeByPaperCode201JSONResponse(h.issued(mine, t)), nil
}
