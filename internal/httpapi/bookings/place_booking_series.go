package bookings

import (
	"context"

	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// PlaceBookingSeries books every date of a series that is free and lists those that are not.
func (h *Handlers) PlaceBookingSeries(
	ctx context.Context,
	request api.PlaceBookingSeriesRequestObject,
) (api.PlaceBookingSeriesResponseObject, error) {
	in := request.Body
	r := booking.SeriesRequest{
		Request: booking.Request{
			RoomID:          in.RoomID,
			Hold:            wire.Or(in.Hold),
			Queue:           wire.Or(in.Queue),
			Title:           in.Title,
			People:          in.People,
			Noise:           venue.Noise(wire.Or(in.Noise)),
			SetupMinutes:    wire.Or(in.SetupMinutes),
			ClearingMinutes: wire.Or(in.ClearingMinutes),
		},
		Rule:   in.Rule,
		Starts: timeOfDay(in.StartsTime),
		Ends:   timeOfDay(in.EndsTime),
		First:  wire.CivilDate(in.FirstDay),
		Last:   wire.CivilDate(in.LastDay),
	}
	if in.Exemption != nil {
		r.ExemptionClass, r.ExemptionReason = in.Exemption.Class, in.Exemption.Reason
	}
	result, err := h.Bookings.PlaceSeries(ctx, caller.Author(ctx), r)
	if err != nil {
		return nil, err
	}
	out := api.BookingSeriesResult{
		Series:   bookingSeries(&result.Series),
		Rejected: make([]api.RejectedDate, len(result.Rejected)),
	}
	words := h.Words.Of(ctx)
	for i, d := range result.Rejected {
		out.Rejected[i] = api.RejectedDate{
			Date: types.Date{
				Time: d.Date.Start(),
			},
			Code:   d.Reason.Code,
			Detail: words.T("problem."+d.Reason.Code, d.Reason.Params),
			Offers: wire.FreeRooms(d.Offers),
		}
	}
	at := contract.Base + "/organizations/" + request.Slug + "/booking-series/" + result.ID.String()
	return api.PlaceBookingSeries201JSONResponse{
		Body:    out,
		Headers: api.PlaceBookingSeries201ResponseHeaders{Location: &at},
	}, nil
}

// timeOfDay reads what the contract has checked.
func timeOfDay(s api.BlockTime) venue.TimeOfDay {
	t, _ := venue.ParseTime(s)
	return t
}

func timeOrNil(s *api.BlockTime) *venue.TimeOfDay {
	if s == nil {
		return nil
	}
	t := timeOfDay(*s)
	return &t
}
