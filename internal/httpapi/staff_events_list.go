package httpapi

import (
	"context"
	"strconv"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// ListStaffEvents lists events that concern the organization.
func (f *face) ListStaffEvents(ctx context.Context, request api.ListStaffEventsRequestObject) (api.ListStaffEventsResponseObject, error) {
	p, own := request.Params, sessionOf(ctx).Organization.ID
	filter := event.StaffFilter{Scope: event.ScopeOwn, Status: event.Status(or(p.Status)), NeedsPlace: or(p.NeedsPlace), Limit: pageSize(p.Limit)}
	if p.Scope != nil {
		filter.Scope = event.StaffScope(*p.Scope)
	}
	bound := []string{"staff events", own.String(), string(filter.Scope), string(filter.Status), strconv.FormatBool(filter.NeedsPlace)}
	if p.Cursor != nil {
		moment, id, err := f.open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		filter.After = &event.StaffPosition{ModifiedAt: numberMoment(moment), Event: id}
	}
	page, err := f.Events.ListForStaff(ctx, own, filter)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	out := api.ListStaffEvents200JSONResponse{Items: make([]api.StaffEvent, len(page.Items))}
	for i := range page.Items {
		out.Items[i] = f.staffEvent(&page.Items[i], now)
	}
	if page.Next != nil {
		next := f.seal(momentNumber(page.Next.ModifiedAt), page.Next.Event, bound...)
		out.NextCursor = &next
	}
	return out, nil
}
