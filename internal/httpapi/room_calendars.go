package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ListRoomCalendars gives the links of a room without their tokens.
func (f *face) ListRoomCalendars(ctx context.Context, request api.ListRoomCalendarsRequestObject) (api.ListRoomCalendarsResponseObject, error) {
	all, err := f.Bookings.Calendars(ctx, sessionOf(ctx).Organization.ID, request.RoomID)
	if err != nil {
		return nil, err
	}
	out := api.ListRoomCalendars200JSONResponse{Items: make([]api.RoomCalendar, len(all))}
	for i, c := range all {
		out.Items[i] = roomCalendar(c)
	}
	return out, nil
}

// CreateRoomCalendar makes a link; its address is in this answer only.
func (f *face) CreateRoomCalendar(ctx context.Context, request api.CreateRoomCalendarRequestObject) (api.CreateRoomCalendarResponseObject, error) {
	issued, err := f.Bookings.CreateCalendar(ctx, borrowerOf(ctx), request.RoomID, request.Body.Name)
	if err != nil {
		return nil, err
	}
	return api.CreateRoomCalendar201JSONResponse{URL: f.BaseURL + "/r/" + issued.Token.Reveal() + ".ics", Details: roomCalendar(issued.Calendar)}, nil
}

// RevokeRoomCalendar ends a link.
func (f *face) RevokeRoomCalendar(ctx context.Context, request api.RevokeRoomCalendarRequestObject) (api.RevokeRoomCalendarResponseObject, error) {
	if err := f.Bookings.RevokeCalendar(ctx, borrowerOf(ctx), request.RoomID, request.CalendarID); err != nil {
		return nil, err
	}
	return api.RevokeRoomCalendar204Response{}, nil
}
