package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// PostponeOccurrence postpones one date.
func (h *Handlers) PostponeOccurrence(
	ctx context.Context,
	request api.PostponeOccurrenceRequestObject,
) (api.PostponeOccurrenceResponseObject, error) {
	e, err := h.Events.PostponeOccurrence(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.OccurrenceID,
		wire.Or(request.Body.Note),
	)
	if err != nil {
		return nil, err
	}
	return api.PostponeOccurrence200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
