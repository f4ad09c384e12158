package events

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// CopyEvent copies an event into a new draft.
func (h *Handlers) CopyEvent(
	ctx context.Context,
	request api.CopyEventRequestObject,
) (api.CopyEventResponseObject, error) {
	e, err := h.Events.Copy(ctx, caller.Author(ctx), request.EventID, request.Body.ShiftDays)
	if err != nil {
		return nil, err
	}
	at := eventjson.StaffEventPath(request.Slug, e.ID)
	return api.CopyEvent201JSONResponse{
		Body:    h.View.Staff(&e, h.Clock.Now()),
		Headers: api.CopyEvent201ResponseHeaders{Location: &at},
	}, nil
}
