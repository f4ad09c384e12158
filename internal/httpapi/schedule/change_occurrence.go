package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// ChangeOccurrence changes a date.
func (h *Handlers) ChangeOccurrence(
	ctx context.Context,
	request api.ChangeOccurrenceRequestObject,
) (api.ChangeOccurrenceResponseObject, error) {
	e, err := h.Events.ChangeOccurrence(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.OccurrenceID,
		eventjson.OccurrenceChange(request.Body),
	)
	if err != nil {
		return nil, err
	}
	return api.ChangeOccurrence200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
