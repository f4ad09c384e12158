package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ListEventChanges lists what changed since a position, for mirrors.
func (h *Handlers) ListEventChanges(
	ctx context.Context,
	request api.ListEventChangesRequestObject,
) (api.ListEventChangesResponseObject, error) {
	var since search.ChangePosition
	if request.Params.Since != nil {
		var err error
		if since.Transaction, since.Event, err = h.Positions.Open(*request.Params.Since, "changes"); err != nil {
			return nil, err
		}
	}
	page, err := h.Search.Changes(ctx, since, wire.Or(request.Params.Limit))
	if err != nil {
		return nil, err
	}
	now := h.Clock.Now()
	out := api.ListEventChanges200JSONResponse{
		Items:     make([]api.EventChanged, len(page.Items)),
		More:      page.More,
		NextSince: h.Positions.Seal(page.Next.Transaction, page.Next.Event, "changes"),
	}
	for i, c := range page.Items {
		out.Items[i] = api.EventChanged{EventID: c.EventID, ChangedAt: wire.Tokyo(c.ChangedAt)}
		if c.Event != nil {
			e := h.View.Public(c.Event, now)
			out.Items[i].Event = &e
		}
	}
	return out, nil
}
