package events

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

type eventsView struct {
	Page                page.Head
	Heading, Lead       string
	Supporters          bool
	Errors              []page.FieldError
	Filter              filterView
	Count               string
	Days                []dayGroup
	FirstHref, NextHref string
	Chosen              []page.Link // one a condition in force; Href takes it away
	ClearHref           string
	Wider               []page.Link // ways out of an empty list
	Feed                *page.FeedBox
}

type dayGroup struct {
	ISO, Text, Near string
	Cards           []card
}

// ListEvents shows the events that meet the conditions of the address.
func (h *Handlers) ListEvents(c echo.Context) error {
	ctx, query := c.Request().Context(), c.QueryParams()
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	a := p.ask(query)
	v := eventsView{
		Page: page.Head{
			Title:       h.Text("events.list.title"),
			Description: h.Text("events.list.summary"),
			Canonical:   p.Canonical("/events"),
			Current:     "events",
			Crumbs: []page.Link{
				{Href: "/", Text: h.Text("page.brand")},
				{Href: "", Text: h.Text("events.list.title")},
			},
		},
		Heading:    h.Text("events.list.title"),
		Lead:       h.Text("events.list.lead"),
		Filter:     p.filter(a),
		Supporters: a.supporters(),
	}
	if a.supporters() {
		v.Heading, v.Lead = h.Text("events.list.supporters"), h.Text("events.list.supporters_lead")
		v.Page.Title, v.Page.Canonical = v.Heading, p.Canonical("/events?audience=supporter")
		v.Page.Crumbs = []page.Link{
			{Href: "/", Text: h.Text("page.brand")},
			{Href: "/events", Text: h.Text("events.list.title")},
			{Href: "", Text: h.Text("events.list.supporters_crumb")},
		}
	}
	if v.Errors = p.filterErrors(a, v.Filter); v.Errors != nil {
		v.Count = h.Text("events.list.mend")
		return h.Show(c, http.StatusUnprocessableEntity, "events", v)
	}
	if cursor := query.Get("cursor"); cursor != "" {
		if a.filter.After, err = h.open(a, cursor); err != nil {
			return err
		}
		v.FirstHref = a.address()
	}
	found, err := h.search.List(ctx, a.filter)
	if err != nil {
		return err
	}
	v.Days = p.days(found.Items)
	v.Count = h.Text("events.list.found", "n", len(found.Items))
	if found.Next != nil {
		v.NextHref = a.address() + join(a) + "cursor=" + h.seal(a, *found.Next)
	}
	switch {
	case found.Next != nil && len(found.Items) == 0:
		v.Count = h.Text("events.list.more") // a search stops after so many dates and goes on from there
	case found.Next != nil || v.FirstHref != "":
		v.Count = h.Text("events.list.shown", "n", len(found.Items))
	}
	if v.Chosen = p.chips(a); len(v.Chosen) > 1 {
		v.ClearHref = "/events"
	}
	if len(found.Items) == 0 {
		v.Wider = p.wider(a)
	}
	v.Feed, v.Page.Feeds = p.feedOf(a)
	return h.Show(c, http.StatusOK, "events", v)
}

// join continues an address that may have conditions already.
func join(a asked) string {
	if len(a.typed) == 0 {
		return "?"
	}
	return "&"
}

// days groups a page by date in Tokyo; it comes sorted by time.
func (p viewBuilder) days(items []search.Listed) []dayGroup {
	var days []dayGroup
	for i := range items {
		d := clock.DateOf(items[i].Occurrence.StartsAt)
		if len(days) == 0 || days[len(days)-1].ISO != d.String() {
			days = append(
				days,
				dayGroup{ISO: d.String(), Text: page.DayText(d, p.Today), Near: page.NearText(d, p.Today)},
			)
		}
		group := &days[len(days)-1]
		group.Cards = append(group.Cards, p.card(&items[i].Event, &items[i].Occurrence))
	}
	return days
}

// wider are lists with one kind of condition less.
func (p viewBuilder) wider(a asked) []page.Link {
	var ways []page.Link
	if a.value("from")+a.value("to") != "" {
		ways = append(ways, page.Link{Href: a.address("from", "to"), Text: p.Text("events.wider.any_day")})
	}
	if a.value("area") != "" {
		ways = append(ways, page.Link{Href: a.address("area"), Text: p.Text("events.wider.area")})
	}
	if a.value("place") != "online" {
		ways = append(ways, page.Link{Href: "/events?place=online", Text: p.Text("events.wider.online")})
	}
	if len(a.typed) > 0 {
		ways = append(ways, page.Link{Href: "/events", Text: p.Text("events.wider.all")})
	}
	return ways
}

// feedOf is the calendar that shows the same as the list, when there is one.
func (p viewBuilder) feedOf(a asked) (*page.FeedBox, []page.Alternate) {
	text := p.Text("events.feed.same")
	if len(a.typed) == 0 {
		return p.Feed("/feeds/all.ics", p.Text("events.feed.all"), text)
	}
	if len(a.typed) > 1 {
		return nil, nil
	}
	switch {
	case a.filter.Organization != "":
		o, _ := p.Directory.BySlug(a.filter.Organization) // known: the request had no faults
		return p.Feed("/feeds/organizations/"+o.Slug+".ics", p.Text("events.feed.of", "name", o.Name), text)
	case a.filter.Partnership != "":
		agreed, _ := p.Directory.Partnership(a.filter.Partnership)
		return p.Feed("/feeds/partnerships/"+agreed.Slug+".ics", p.Text("events.feed.of", "name", agreed.Name), text)
	case a.filter.Kind != "":
		return p.Feed(
			"/feeds/kinds/"+string(a.filter.Kind)+".ics",
			p.Text("events.feed.kind", "kind", page.Label(p.Words, "kind", a.filter.Kind)),
			text,
		)
	}
	return nil, nil
}
