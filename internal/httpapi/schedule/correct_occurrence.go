package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// CorrectOccurrence records when a past date really took place.
func (h *Handlers) CorrectOccurrence(
	ctx context.Context, request api.CorrectOccurrenceRequestObject,
) (api.CorrectOccurrenceResponseObject, error) {
	in := request.Body
	e, err := h.Events.CorrectOccurrence(ctx, caller.Author(ctx), request.EventID, request.OccurrenceID,
		event.Correction{StartsAt: in.StartsAt, EndsAt: in.EndsAt, Note: in.Note})
	if err != nil {
		return nil, err
	}
	return api.CorrectOccurrence200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
