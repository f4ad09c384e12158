package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// ChangeEvent changes an event.
func (h *Handlers) ChangeEvent(
	ctx context.Context,
	request api.ChangeEventRequestObject,
) (api.ChangeEventResponseObject, error) {
	e, err := h.Events.Change(ctx, caller.Author(ctx), request.EventID, eventjson.EventChange(request.Body))
	if err != nil {
		return nil, err
	}
	return api.ChangeEvent200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
