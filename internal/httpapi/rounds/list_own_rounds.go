package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// ListOwnRounds lists the rounds of the organization's own rooms.
func (h *Handlers) ListOwnRounds(
	ctx context.Context,
	request api.ListOwnRoundsRequestObject,
) (api.ListOwnRoundsResponseObject, error) {
	page, err := h.roundPage(
		ctx,
		round.Filter{Lender: caller.Session(ctx).Organization.ID, Limit: listing.PageSize(request.Params.Limit)},
		request.Params.Cursor,
	)
	return api.ListOwnRounds200JSONResponse(page), err
}
