package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// CreateRoomCalendar makes a private link to a room's calendar; its address is in this answer only.
func (h *Handlers) CreateRoomCalendar(
	ctx context.Context,
	request api.CreateRoomCalendarRequestObject,
) (api.CreateRoomCalendarResponseObject, error) {
	issued, err := h.Board.CreateCalendar(ctx, caller.Author(ctx), request.RoomID, request.Body.Name)
	if err != nil {
		return nil, err
	}
	return api.CreateRoomCalendar201JSONResponse{
		URL:     h.BaseURL + "/r/" + issued.Token.Reveal() + ".ics",
		Details: roomCalendar(issued.Calendar),
	}, nil
}
