package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// AddOccurrence adds a date.
func (h *Handlers) AddOccurrence(
	ctx context.Context,
	request api.AddOccurrenceRequestObject,
) (api.AddOccurrenceResponseObject, error) {
	e, err := h.Events.AddOccurrence(
		ctx,
		caller.Author(ctx),
		request.EventID,
		eventjson.OccurrenceInput(request.Body),
	)
	if err != nil {
		return nil, err
	}
	at := eventjson.StaffEventPath(request.Slug, e.ID)
	return api.AddOccurrence201JSONResponse{
		Body:    h.View.Staff(&e, h.Clock.Now()),
		Headers: api.AddOccurrence201ResponseHeaders{Location: &at},
	}, nil
}
