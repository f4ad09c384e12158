package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// PlaceBooking requests or holds a room.
func (f *face) PlaceBooking(ctx context.Context, request api.PlaceBookingRequestObject) (api.PlaceBookingResponseObject, error) {
	in := request.Body
	r := booking.Request{
		RoomID: in.RoomID, StartsAt: in.StartsAt, EndsAt: in.EndsAt, Hold: or(in.Hold), Queue: or(in.Queue), Title: in.Title, People: in.People, Noise: venue.Noise(or(in.Noise)),
		SetupMinutes: or(in.SetupMinutes), ClearingMinutes: or(in.ClearingMinutes),
	}
	if in.Exemption != nil {
		r.ExemptionClass, r.ExemptionReason = in.Exemption.Class, in.Exemption.Reason
	}
	b, err := f.Bookings.Place(ctx, borrowerOf(ctx), r)
	if err != nil {
		return nil, err
	}
	at := bookingPath(request.Slug, b.ID)
	return api.PlaceBooking201JSONResponse{Body: bookingWhole(&b), Headers: api.PlaceBooking201ResponseHeaders{Location: &at}}, nil
}
