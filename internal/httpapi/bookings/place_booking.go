package bookings

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// PlaceBooking requests or holds a room.
func (h *Handlers) PlaceBooking(
	ctx context.Context,
	request api.PlaceBookingRequestObject,
) (api.PlaceBookingResponseObject, error) {
	in := request.Body
	r := booking.Request{
		RoomID:          in.RoomID,
		StartsAt:        in.StartsAt,
		EndsAt:          in.EndsAt,
		Hold:            wire.Or(in.Hold),
		Queue:           wire.Or(in.Queue),
		Title:           in.Title,
		People:          in.People,
		Noise:           venue.Noise(wire.Or(in.Noise)),
		SetupMinutes:    wire.Or(in.SetupMinutes),
		ClearingMinutes: wire.Or(in.ClearingMinutes),
	}
	if in.Exemption != nil {
		r.ExemptionClass, r.ExemptionReason = in.Exemption.Class, in.Exemption.Reason
	}
	b, err := h.Bookings.Place(ctx, caller.Author(ctx), r)
	if err != nil {
		return nil, err
	}
	at := bookingPath(request.Slug, b.ID)
	return api.PlaceBooking201JSONResponse{
		Body:    bookingWhole(&b),
		Headers: api.PlaceBooking201ResponseHeaders{Location: &at},
	}, nil
}
