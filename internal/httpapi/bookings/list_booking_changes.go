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

// ListBookingChanges lists changes of bookings that the other side made.
func (h *Handlers) ListBookingChanges(
	ctx context.Context,
	request api.ListBookingChangesRequestObject,
) (api.ListBookingChangesResponseObject, error) {
	p, own := request.Params, caller.Session(ctx).Organization.ID
	q := booking.ChangeQuery{Since: wire.Or(p.Since), Limit: listing.PageSize(p.Limit)}
	bound := []string{"booking changes", own.String(), q.Since.UTC().Format(time.RFC3339Nano)}
	if p.Cursor != nil {
		moment, id, err := h.Positions.Open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		q.After = &booking.ChangePosition{At: listing.NumberMoment(moment), ID: id}
	}
	page, err := h.Bookings.Changes(ctx, own, q)
	if err != nil {
		return nil, err
	}
	out := api.ListBookingChanges200JSONResponse{Items: bookingChanges(page.Items)}
	if page.Next != nil {
		next := h.Positions.Seal(listing.MomentNumber(page.Next.At), page.Next.ID, bound...)
		out.NextCursor = &next
	}
	return out, nil
}
