package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// ChangeApplication puts new wishes in the place of the old ones.
func (h *Handlers) ChangeApplication(
	ctx context.Context,
	request api.ChangeApplicationRequestObject,
) (api.ChangeApplicationResponseObject, error) {
	in := request.Body
	a, err := h.Rounds.ChangeApplication(
		ctx,
		caller.Author(ctx),
		request.ApplicationID,
		round.ApplicationInput{Title: in.Title, People: in.People, Wishes: wishes(in.Wishes)},
	)
	if err != nil {
		return nil, err
	}
	return api.ChangeApplication200JSONResponse(application(h.Words.Of(ctx), &a)), nil
}
