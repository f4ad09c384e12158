package httpapi

import (
	"context"
	"net/url"
	"time"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// ListEvents finds published events.
func (f *face) ListEvents(ctx context.Context, request api.ListEventsRequestObject) (api.ListEventsResponseObject, error) {
	p := request.Params
	from, to, err := span(or(p.From), or(p.To))
	if err != nil {
		return nil, err
	}
	filter := event.Filter{
		From: from, To: to, Organization: or(p.Organization), ExcludeOrganization: or(p.ExcludeOrganization), Area: or(p.Area),
		Partnership: or(p.Partnership), Kind: event.Kind(or(p.Kind)), Audience: event.AudienceTag(or(p.Audience)), Place: event.PlaceKind(or(p.Place)),
		Reservation: event.Reservation(or(p.Reservation)), Query: or(p.Q), Limit: or(p.Limit),
	}
	bound := []string{"events", filterKey(filter)}
	if p.Cursor != nil {
		moment, id, err := f.open(*p.Cursor, bound...)
		if err != nil {
			return nil, err
		}
		filter.After = event.Position{StartsAt: numberMoment(moment), Occurrence: id}
	}
	page, err := f.Events.List(ctx, filter)
	if err != nil {
		return nil, err
	}
	now := f.Clock.Now()
	out := api.ListEvents200JSONResponse{Items: make([]api.Event, len(page.Items))}
	for i := range page.Items {
		out.Items[i] = f.publicEvent(&page.Items[i].Event, now)
		out.Items[i].ListedOccurrenceID = &page.Items[i].Occurrence.ID
	}
	if page.Next != nil {
		next := f.seal(momentNumber(page.Next.StartsAt), page.Next.Occurrence, bound...)
		out.NextCursor = &next
	}
	return out, nil
}

// span reads two ends, each an RFC 3339 moment or a day in Tokyo; the last day counts whole.
func span(from, to string) (begin, end *time.Time, err error) {
	refusal := errQuery
	read := func(name, text string, after int) *time.Time {
		if text == "" {
			return nil
		}
		if day, err := clock.ParseDate(text); err == nil {
			t := day.AddDays(after).Start()
			return utc(&t)
		}
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			refusal = refusal.Field(name, "invalid_moment")
			return nil
		}
		return utc(&t)
	}
	begin, end = read("from", from, 0), read("to", to, 1)
	return begin, end, refusal.Or()
}

// filterKey is one text for one filter, whatever the order in the query.
func filterKey(f event.Filter) string {
	moment := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339Nano)
	}
	return url.Values{
		"from": {moment(f.From)}, "to": {moment(f.To)}, "organization": {f.Organization}, "exclude": {f.ExcludeOrganization}, "area": {f.Area},
		"partnership": {f.Partnership}, "kind": {string(f.Kind)}, "audience": {string(f.Audience)}, "place": {string(f.Place)},
		"reservation": {string(f.Reservation)}, "q": {f.Query},
	}.Encode()
}
