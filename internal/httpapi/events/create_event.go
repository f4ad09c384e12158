package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// CreateEvent makes a draft of an event.
func (h *Handlers) CreateEvent(
	ctx context.Context,
	request api.CreateEventRequestObject,
) (api.CreateEventResponseObject, error) {
	e, err := h.Events.Create(ctx, caller.Author(ctx), eventjson.EventInput(request.Body))
	if err != nil {
		return nil, err
	}
	at := eventjson.StaffEventPath(request.Slug, e.ID)
	return api.CreateEvent201JSONResponse{
		Body:    h.View.Staff(&e, h.Clock.Now()),
		Headers: api.CreateEvent201ResponseHeaders{Location: &at},
	}, nil
}
