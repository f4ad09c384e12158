package bookings

import (
	"context"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ListBookings lists bookings of own rooms and of rooms of others.
func (h *Handlers) ListBookings(
	ctx context.Context,
	request api.ListBookingsRequestObject,
) (api.ListBookingsResponseObject, error) {
	p, own := request.Params, caller.Session(ctx).Organization.ID
	from, to, err := listing.Span(wire.Or(p.From), wire.Or(p.To))
	if err != nil {
		return nil, err
	}
	filter := booking.Filter{
		Side:         booking.Side(wire.Or(p.Side)),
		Status:       booking.Status(wire.Or(p.Status)),
		Room:         wire.Or(p.Room),
		Facility:     wire.Or(p.Facility),
		Series:       wire.Or(p.Series),
		From:         wire.Or(from),
		To:           wire.Or(to),
		ChangedSince: wire.Or(p.ChangedSince),
		Limit:        listing.PageSize(p.Limit),
	}
	bound := []string{
		"bookings",
		own.String(),
		string(filter.Side),
		string(filter.Status),
		filter.Room.String(),
		filter.Facility.String(),
		filter.Series.String(),
		filter.From.Format(time.RFC3339Nano),
		filter.To.Format(time.RFC3339Nano),
		filter.ChangedSince.UTC().Format(time.RFC3339Nano),
	}
	if p.Cursor != nil {
		moment, id, err := h.Positions.Open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		filter.After = &booking.Position{StartsAt: listing.NumberMoment(moment), ID: id}
	}
	page, err := h.Bookings.List(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	out := api.ListBookings200JSONResponse{Items: bookings(page.Items)}
	if page.Next != nil {
		next := h.Positions.Seal(listing.MomentNumber(page.Next.StartsAt), page.Next.ID, bound...)
		out.NextCursor = &next
	}
	return out, nil
}
