package events

import (
	"context"
	"net/url"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// ListEvents finds published events.
func (h *Handlers) ListEvents(
	ctx context.Context,
	request api.ListEventsRequestObject,
) (api.ListEventsResponseObject, error) {
	p := request.Params
	from, to, err := listing.Span(wire.Or(p.From), wire.Or(p.To))
	if err != nil {
		return nil, err
	}
	filter := search.Filter{
		From:                from,
		To:                  to,
		Organization:        wire.Or(p.Organization),
		ExcludeOrganization: wire.Or(p.ExcludeOrganization),
		Area:                wire.Or(p.Area),
		Partnership:         wire.Or(p.Partnership),
		Kind:                event.Kind(wire.Or(p.Kind)),
		Audience:            event.AudienceTag(wire.Or(p.Audience)),
		Place:               event.PlaceKind(wire.Or(p.Place)),
		Reservation:         event.Reservation(wire.Or(p.Reservation)),
		Query:               wire.Or(p.Q),
		Limit:               wire.Or(p.Limit),
	}
	bound := []string{"events", filterKey(filter)}
	if p.Cursor != nil {
		moment, id, err := h.Positions.Open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		filter.After = search.Position{StartsAt: listing.NumberMoment(moment), Occurrence: id}
	}
	page, err := h.Search.List(ctx, filter)
	if err != nil {
		return nil, err
	}
	now := h.Clock.Now()
	out := api.ListEvents200JSONResponse{Items: make([]api.Event, len(page.Items))}
	for i := range page.Items {
		out.Items[i] = h.View.Public(&page.Items[i].Event, now)
		out.Items[i].ListedOccurrenceID = &page.Items[i].Occurrence.ID
	}
	if page.Next != nil {
		next := h.Positions.Seal(listing.MomentNumber(page.Next.StartsAt), page.Next.Occurrence, bound...)
		out.NextCursor = &next
	}
	return out, nil
}

// filterKey is one text for one filter, whatever the order in the query.
func filterKey(f search.Filter) string {
	moment := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339Nano)
	}
	return url.Values{
		"from":         {moment(f.From)},
		"to":           {moment(f.To)},
		"organization": {f.Organization},
		"exclude":      {f.ExcludeOrganization},
		"area":         {f.Area},
		"partnership":  {f.Partnership},
		"kind":         {string(f.Kind)},
		"audience":     {string(f.Audience)},
		"place":        {string(f.Place)},
		"reservation":  {string(f.Reservation)},
		"q":            {f.Query},
	}.Encode()
}
