package events

import (
	"context"
	"strconv"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ListStaffEvents lists events that concern the organization.
func (h *Handlers) ListStaffEvents(
	ctx context.Context,
	request api.ListStaffEventsRequestObject,
) (api.ListStaffEventsResponseObject, error) {
	p, own := request.Params, caller.Session(ctx).Organization.ID
	filter := search.StaffFilter{
		Scope:      search.ScopeOwn,
		Status:     event.Status(wire.Or(p.Status)),
		NeedsPlace: wire.Or(p.NeedsPlace),
		Limit:      listing.PageSize(p.Limit),
	}
	if p.Scope != nil {
		filter.Scope = search.StaffScope(*p.Scope)
	}
	bound := []string{
		"staff events",
		own.String(),
		string(filter.Scope),
		string(filter.Status),
		strconv.FormatBool(filter.NeedsPlace),
	}
	if p.Cursor != nil {
		moment, id, err := h.Positions.Open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		filter.After = &search.StaffPosition{ModifiedAt: listing.NumberMoment(moment), Event: id}
	}
	page, err := h.Search.ListForStaff(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	now := h.Clock.Now()
	out := api.ListStaffEvents200JSONResponse{Items: make([]api.StaffEvent, len(page.Items))}
	for i := range page.Items {
		out.Items[i] = h.View.Staff(&page.Items[i], now)
	}
	if page.Next != nil {
		next := h.Positions.Seal(listing.MomentNumber(page.Next.ModifiedAt), page.Next.Event, bound...)
		out.NextCursor = &next
	}
	return out, nil
}
