package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// SetOccurrenceRoom lets a booking give a date, or a part of it, its room.
func (f *face) SetOccurrenceRoom(ctx context.Context, request api.SetOccurrenceRoomRequestObject) (api.SetOccurrenceRoomResponseObject, error) {
	e, err := f.Events.SetRoom(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, request.Body.PartID, request.Body.BookingID)
	if err != nil {
		return nil, err
	}
	return api.SetOccurrenceRoom200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}

// MoveOccurrence moves a date with its room.
func (f *face) MoveOccurrence(ctx context.Context, request api.MoveOccurrenceRequestObject) (api.MoveOccurrenceResponseObject, error) {
	in := request.Body
	e, err := f.Events.Relocate(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, event.Relocation{
		RoomID: in.RoomID, BookingID: in.BookingID, StartsAt: in.StartsAt, EndsAt: in.EndsAt, DoorsAt: in.DoorsAt, Reason: or(in.Reason),
	})
	if err != nil {
		return nil, err
	}
	return api.MoveOccurrence200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
