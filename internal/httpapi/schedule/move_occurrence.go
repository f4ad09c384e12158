package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// MoveOccurrence moves a date with its room.
func (h *Handlers) MoveOccurrence(
	ctx context.Context,
	request api.MoveOccurrenceRequestObject,
) (api.MoveOccurrenceResponseObject, error) {
	in := request.Body
	e, err := h.Events.Relocate(ctx, caller.Author(ctx), request.EventID, request.OccurrenceID, event.Relocation{
		RoomID:    in.RoomID,
		BookingID: in.BookingID,
		StartsAt:  in.StartsAt,
		EndsAt:    in.EndsAt,
		DoorsAt:   in.DoorsAt,
		Reason:    wire.Or(in.Reason),
	})
	if err != nil {
		return nil, err
	}
	return api.MoveOccurrence200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
