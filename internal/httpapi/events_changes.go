package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// ListEventChanges tells mirrors what changed since they last asked.
func (f *face) ListEventChanges(ctx context.Context, request api.ListEventChangesRequestObject) (api.ListEventChangesResponseObject, error) {
	var since event.ChangePosition
	if request.Params.Since != nil {
		var err error
		if since.Transaction, since.Event, err = f.open(*request.Params.Since, "changes"); err != nil {
			return nil, err
		}
	}
	page, err := f.Events.Changes(ctx, since, or(request.Params.Limit))
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	out := api.ListEventChanges200JSONResponse{
		Items: make([]api.EventChanged, len(page.Items)), More: page.More, NextSince: f.seal(page.Next.Transaction, page.Next.Event, "changes"),
	}
	for i, c := range page.Items {
		out.Items[i] = api.EventChanged{EventID: c.EventID, ChangedAt: tokyo(c.ChangedAt)}
		if c.Event != nil {
			e := f.publicEvent(c.Event, now)
			out.Items[i].Event = &e
		}
	}
	return out, nil
}
