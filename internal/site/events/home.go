package events

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

type homeView struct {
	Page          page.Head
	Filter        filterView // From, Area and Exclude are used
	Quick         []page.Link
	Next          []card
	Kinds         []kindLink
	Towns, Groups []page.OrgLink
	Partnerships  []partnershipBox
	Feed          *page.FeedBox
}

type kindLink struct{ Href, Text, Icon, Note string }

// Kinds for residents, each with what it is in a few words (events.kind_note); those for people who
// work in support are found on their own page.
var homeKinds = []struct {
	kind event.Kind
	icon string
}{
	{"joshikai", "cup"},
	{"ibasho", "home"},
	{"family", "companion"},
	{"salon", "chat"},
	{"consultation", "listen"},
	{"joint_consultation", "people"},
	{"lecture", "lecture"},
	{"seminar", "study"},
	{"online", "online"},
}

const homeCards = 6

// Home shows the first page: a short search and what comes next.
func (h *Handlers) Home(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	found, err := h.search.List(ctx, search.Filter{Limit: homeCards})
	if err != nil {
		return err
	}
	v := homeView{
		Page: page.Head{
			Description: h.Text("events.home.summary"),
			Canonical:   p.Canonical("/"), Current: "home",
		},
		Filter: p.filter(asked{}), Quick: p.quick(), Next: p.cards(found.Items),
	}
	for _, k := range homeKinds {
		v.Kinds = append(
			v.Kinds,
			kindLink{
				Href: "/events?kind=" + string(k.kind),
				Text: page.Label(h.Words, "kind", k.kind),
				Icon: k.icon,
				Note: h.Text("events.kind_note." + string(k.kind)),
			},
		)
	}
	for _, o := range p.Directory.Organizations() {
		entry := page.OrgLink{Name: o.Name, Href: page.OrganizationHref(o.Slug), Note: o.Area}
		switch {
		case o.Kind == organization.Municipality:
			entry.Note = ""
			v.Towns = append(v.Towns, entry)
		case o.Online:
			entry.Note = h.Text("events.home.online")
			fallthrough
		default:
			v.Groups = append(v.Groups, entry)
		}
	}
	for _, a := range p.Directory.Partnerships() {
		v.Partnerships = append(v.Partnerships, partnership(a, ""))
	}
	v.Feed, v.Page.Feeds = p.Feed("/feeds/all.ics", h.Text("events.feed.all"), h.Text("events.feed.all_text"))
	return h.Show(c, http.StatusOK, "home", v)
}

// quick are searches that many make.
func (p viewBuilder) quick() []page.Link {
	saturday := p.Today.AddDays((int(time.Saturday) - int(p.Today.Weekday()) + 7) % 7)
	from := saturday
	if p.Today.Weekday() == time.Sunday {
		from, saturday = p.Today, p.Today.AddDays(-1)
	}
	return []page.Link{
		{
			Href: "/events?from=" + from.String() + "&to=" + saturday.AddDays(1).String(),
			Text: p.Text("events.quick.weekend"),
		},
		{Href: "/events?reservation=none", Text: p.Text("events.quick.no_booking")},
		{Href: "/events?place=online", Text: p.Text("events.quick.online")},
		{Href: "/events?audience=women", Text: p.Text("events.quick.women")},
		{Href: "/events?audience=family", Text: p.Text("events.quick.family")},
	}
}
