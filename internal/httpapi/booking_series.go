package httpapi

import (
	"context"

	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

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

// civil is the day that a date of the contract names.
func civil(d types.Date) clock.Date { return clock.NewDate(d.Year(), d.Month(), d.Day()) }

// PlaceBookingSeries takes what can be had of a series.
func (f *face) PlaceBookingSeries(ctx context.Context, request api.PlaceBookingSeriesRequestObject) (api.PlaceBookingSeriesResponseObject, error) {
	in := request.Body
	r := booking.SeriesRequest{
		Request: booking.Request{
			RoomID: in.RoomID, Hold: or(in.Hold), Queue: or(in.Queue), Title: in.Title, People: in.People, Noise: venue.Noise(or(in.Noise)), SetupMinutes: or(in.SetupMinutes),
			ClearingMinutes: or(in.ClearingMinutes),
		},
		Rule: in.Rule, Starts: timeOfDay(in.StartsTime), Ends: timeOfDay(in.EndsTime), First: civil(in.FirstDay), Last: civil(in.LastDay),
	}
	if in.Exemption != nil {
		r.ExemptionClass, r.ExemptionReason = in.Exemption.Class, in.Exemption.Reason
	}
	result, err := f.Bookings.PlaceSeries(ctx, borrowerOf(ctx), r)
	if err != nil {
		return nil, err
	}
	out := api.BookingSeriesResult{Series: bookingSeries(&result.Series), Rejected: make([]api.RejectedDate, len(result.Rejected))}
	words := f.wordsOf(ctx)
	for i, d := range result.Rejected {
		out.Rejected[i] = api.RejectedDate{
			Date: types.Date{Time: d.Date.Start()}, Code: d.Reason.Code, Detail: words.T("problem."+d.Reason.Code, d.Reason.Params), Offers: freeRooms(d.Offers),
		}
	}
	at := Base + "/organizations/" + request.Slug + "/booking-series/" + result.ID.String()
	return api.PlaceBookingSeries201JSONResponse{Body: out, Headers: api.PlaceBookingSeries201ResponseHeaders{Location: &at}}, nil
}

// GetBookingSeries reads a series.
func (f *face) GetBookingSeries(ctx context.Context, request api.GetBookingSeriesRequestObject) (api.GetBookingSeriesResponseObject, error) {
	s, err := f.Bookings.GetSeries(ctx, sessionOf(ctx).Organization.ID, request.BookingSeriesID)
	if err != nil {
		return nil, err
	}
	return api.GetBookingSeries200JSONResponse(bookingSeries(&s)), nil
}

// MoveBookingSeries moves one date, those from one on, or all.
func (f *face) MoveBookingSeries(ctx context.Context, request api.MoveBookingSeriesRequestObject) (api.MoveBookingSeriesResponseObject, error) {
	in := request.Body
	s, err := f.Bookings.ChangeSeries(ctx, borrowerOf(ctx), request.BookingSeriesID, booking.SeriesChange{
		Scope: booking.Scope(in.Scope), From: or(in.From), RoomID: in.RoomID, Starts: timeOrNil(in.StartsTime), Ends: timeOrNil(in.EndsTime), ShiftDays: or(in.ShiftDays),
		People: in.People, Title: in.Title, Noise: (*venue.Noise)(in.Noise), Reason: or(in.Reason),
	})
	if err != nil {
		return nil, err
	}
	return api.MoveBookingSeries200JSONResponse(bookingSeries(&s)), nil
}

// CancelBookingSeries cancels one date, those from one on, or all.
func (f *face) CancelBookingSeries(ctx context.Context, request api.CancelBookingSeriesRequestObject) (api.CancelBookingSeriesResponseObject, error) {
	in := request.Body
	s, err := f.Bookings.CancelSeries(ctx, borrowerOf(ctx), request.BookingSeriesID, booking.Scope(in.Scope), or(in.From), or(in.Reason))
	if err != nil {
		return nil, err
	}
	return api.CancelBookingSeries200JSONResponse(bookingSeries(&s)), nil
}
