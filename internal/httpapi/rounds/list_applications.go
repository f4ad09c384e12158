package rounds

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/round"
)

// ListApplications lists own applications.
func (h *Handlers) ListApplications(
	ctx context.Context,
	request api.ListApplicationsRequestObject,
) (api.ListApplicationsResponseObject, error) {
	p, own := request.Params, caller.Session(ctx).Organization.ID
	filter := round.ApplicationFilter{Round: wire.Or(p.Round), Limit: listing.PageSize(p.Limit)}
	bound := []string{"applications", own.String(), filter.Round.String()}
	var err error
	if filter.After, err = h.roundPosition(p.Cursor, bound); err != nil {
		return nil, err
	}
	page, err := h.Rounds.ListApplications(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListApplications200JSONResponse{
		Items:      make([]api.Application, len(page.Items)),
		NextCursor: h.sealRound(page.Next, bound),
	}
	for i := range page.Items {
		out.Items[i] = application(h.Words.Of(ctx), &page.Items[i])
	}
	return out, nil
}
