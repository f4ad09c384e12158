package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// CancelOccurrence cancels one date.
func (h *Handlers) CancelOccurrence(
	ctx context.Context,
	request api.CancelOccurrenceRequestObject,
) (api.CancelOccurrenceResponseObject, error) {
	e, err := h.Events.CancelOccurrence(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.OccurrenceID,
		wire.Or(request.Body.Reason),
	)
	if err != nil {
		return nil, err
	}
	return api.CancelOccurrence200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
