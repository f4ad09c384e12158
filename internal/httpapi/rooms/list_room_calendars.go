package rooms

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ListRoomCalendars lists the private links to a room's calendar without their tokens.
func (h *Handlers) ListRoomCalendars(
	ctx context.Context,
	request api.ListRoomCalendarsRequestObject,
) (api.ListRoomCalendarsResponseObject, error) {
	all, err := h.Board.Calendars(ctx, caller.Session(ctx).Organization.ID, request.RoomID)
	if err != nil {
		return nil, err
	}
	out := api.ListRoomCalendars200JSONResponse{Items: make([]api.RoomCalendar, len(all))}
	for i, c := range all {
		out.Items[i] = roomCalendar(c)
	}
	return out, nil
}
