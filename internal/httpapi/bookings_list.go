package httpapi

import (
	"context"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
)

// ListBookings lists bookings of own rooms and of rooms of others.
func (f *face) ListBookings(ctx context.Context, request api.ListBookingsRequestObject) (api.ListBookingsResponseObject, error) {
	p, own := request.Params, sessionOf(ctx).Organization.ID
	from, to, err := span(or(p.From), or(p.To))
	if err != nil {
		return nil, err
	}
	filter := booking.Filter{
		Side: booking.Side(or(p.Side)), Status: booking.Status(or(p.Status)), Room: or(p.Room), Facility: or(p.Facility), Series: or(p.Series), From: or(from), To: or(to),
		ChangedSince: or(p.ChangedSince), Limit: pageSize(p.Limit),
	}
	bound := []string{
		"bookings", own.String(), string(filter.Side), string(filter.Status), filter.Room.String(), filter.Facility.String(), filter.Series.String(),
		filter.From.Format(time.RFC3339Nano), filter.To.Format(time.RFC3339Nano), filter.ChangedSince.UTC().Format(time.RFC3339Nano),
	}
	if p.Cursor != nil {
		moment, id, err := f.open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		filter.After = &booking.Position{StartsAt: numberMoment(moment), ID: id}
	}
	page, err := f.Bookings.List(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListBookings200JSONResponse{Items: bookings(page.Items)}
	if page.Next != nil {
		next := f.seal(momentNumber(page.Next.StartsAt), page.Next.ID, bound...)
		out.NextCursor = &next
	}
	return out, nil
}

// ListBookingChanges tells what others did.
func (f *face) ListBookingChanges(ctx context.Context, request api.ListBookingChangesRequestObject) (api.ListBookingChangesResponseObject, error) {
	p, own := request.Params, sessionOf(ctx).Organization.ID
	q := booking.ChangeQuery{Since: or(p.Since), Limit: pageSize(p.Limit)}
	bound := []string{"booking changes", own.String(), q.Since.UTC().Format(time.RFC3339Nano)}
	if p.Cursor != nil {
		moment, id, err := f.open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		q.After = &booking.ChangePosition{At: numberMoment(moment), ID: id}
	}
	page, err := f.Bookings.Changes(ctx, own, q)
	if err != nil {
		return nil, err
	}
	out := api.ListBookingChanges200JSONResponse{Items: bookingChanges(page.Items)}
	if page.Next != nil {
		next := f.seal(momentNumber(page.Next.At), page.Next.ID, bound...)
		out.NextCursor = &next
	}
	return out, nil
}

// GetBooking reads a booking with all that surrounds it, and the date that stands in it as far as the asking side may see it.
func (f *face) GetBooking(ctx context.Context, request api.GetBookingRequestObject) (api.GetBookingResponseObject, error) {
	d, err := f.Bookings.Get(ctx, sessionOf(ctx).Organization.ID, request.BookingID)
	if err != nil {
		return nil, err
	}
	served, err := f.Events.ServedBy(ctx, sessionOf(ctx).Organization.ID, request.BookingID)
	if err != nil {
		return nil, err
	}
	return api.GetBooking200JSONResponse{BookingDetail: bookingDetail(d), Event: f.bookingEvent(served)}, nil
}
