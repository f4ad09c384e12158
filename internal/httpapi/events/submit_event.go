package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// SubmitEvent submits a draft to those who publish.
func (h *Handlers) SubmitEvent(
	ctx context.Context,
	request api.SubmitEventRequestObject,
) (api.SubmitEventResponseObject, error) {
	e, err := h.Events.Submit(ctx, caller.Author(ctx), request.EventID)
	if err != nil {
		return nil, err
	}
	return api.SubmitEvent200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
