package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// RevokeRoomCalendar ends the private link of a room's calendar.
func (h *Handlers) RevokeRoomCalendar(
	ctx context.Context,
	request api.RevokeRoomCalendarRequestObject,
) (api.RevokeRoomCalendarResponseObject, error) {
	if err := h.Board.RevokeCalendar(
		ctx,
		caller.Author(ctx),
		request.RoomID,
		request.CalendarID,
	); err != nil {
		return nil, err
	}
	return api.RevokeRoomCalendar204Response{}, nil
}
