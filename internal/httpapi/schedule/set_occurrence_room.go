package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// SetOccurrenceRoom gives a date, or a part of it, the room of a booking.
func (h *Handlers) SetOccurrenceRoom(
	ctx context.Context,
	request api.SetOccurrenceRoomRequestObject,
) (api.SetOccurrenceRoomResponseObject, error) {
	e, err := h.Events.SetRoom(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.OccurrenceID,
		request.Body.PartID,
		request.Body.BookingID,
	)
	if err != nil {
		return nil, err
	}
	return api.SetOccurrenceRoom200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
