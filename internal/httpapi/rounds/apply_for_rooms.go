package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// ApplyForRooms submits an application to a round.
func (h *Handlers) ApplyForRooms(
	ctx context.Context,
	request api.ApplyForRoomsRequestObject,
) (api.ApplyForRoomsResponseObject, error) {
	in := request.Body
	a, err := h.Rounds.Apply(
		ctx,
		caller.Author(ctx),
		round.ApplicationInput{RoundID: in.RoundID, Title: in.Title, People: in.People, Wishes: wishes(in.Wishes)},
	)
	if err != nil {
		return nil, err
	}
	at := applicationPath(request.Slug, a.ID)
	return api.ApplyForRooms201JSONResponse{
		Body:    application(h.Words.Of(ctx), &a),
		Headers: api.ApplyForRooms201ResponseHeaders{Location: &at},
	}, nil
}
