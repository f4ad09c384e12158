package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// DeleteOccurrence deletes a date that was never listed.
func (h *Handlers) DeleteOccurrence(
	ctx context.Context,
	request api.DeleteOccurrenceRequestObject,
) (api.DeleteOccurrenceResponseObject, error) {
	e, err := h.Events.DeleteOccurrence(ctx, caller.Author(ctx), request.EventID, request.OccurrenceID)
	if err != nil {
		return nil, err
	}
	return api.DeleteOccurrence200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
