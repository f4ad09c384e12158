package events

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

type organizationView struct {
	Page             page.Head
	Status           *page.Notice // no longer takes part
	Name, Kana, Kind string
	About            []string
	Area             string
	Site             *page.Link
	RegisteredBy     *page.Link
	Partnerships     []partnershipBox
	Groups           []page.OrgLink // registered by this municipality
	Next             []card
	MoreHref         string
	Supporters       []card // for people who work in support
	Feed             *page.FeedBox
}

const organizationCards = 12

// ShowOrganization shows an organization and what it holds.
func (h *Handlers) ShowOrganization(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := h.viewBuilder(ctx)
	if err != nil {
		return err
	}
	o, err := p.Directory.BySlug(c.Param("slug"))
	if err != nil {
		return err
	}
	found, err := h.search.List(ctx, search.Filter{Organization: o.Slug, Limit: organizationCards})
	if err != nil {
		return err
	}
	apart, err := h.search.List(
		ctx,
		search.Filter{Organization: o.Slug, Audience: "supporter", Limit: organizationCards},
	)
	if err != nil {
		return err
	}
	path := page.OrganizationHref(o.Slug)
	v := organizationView{
		Page: page.Head{
			Title:       o.Name,
			Description: h.Text("events.organization.summary", "name", o.Name),
			Canonical:   p.Canonical(path),
			Crumbs:      []page.Link{{Href: "/", Text: h.Text("page.brand")}, {Href: "", Text: o.Name}},
		},
		Name:  o.Name,
		Kana:  o.Kana,
		Kind:  h.Text("events.organization.municipality"),
		About: page.Paragraphs(o.Introduction),
		Area:  o.Area,
		Next:  p.cards(found.Items),
	}
	if o.Kind == organization.PartnerGroup {
		v.Kind = h.Text("events.organization.group")
	}
	if o.Closed() {
		v.Status = &page.Notice{
			Icon:  "info",
			Title: h.Text("events.organization.closed"),
			Lines: []string{
				h.Text("events.organization.closed_on", "day", page.DayText(clock.DateOf(o.ClosedAt), p.Today)),
			},
		}
	} else {
		v.Feed, v.Page.Feeds = p.Feed(
			"/feeds/organizations/"+o.Slug+".ics",
			h.Text("events.organization.feed"),
			h.Text("events.organization.feed_text", "name", o.Name),
		)
	}
	if o.RegisteredBy != nil && !o.Closed() {
		v.RegisteredBy = &page.Link{Href: page.OrganizationHref(o.RegisteredBy.Slug), Text: o.RegisteredBy.Name}
	}
	if o.Website != "" {
		v.Site = &page.Link{Href: o.Website, Text: h.Text("events.organization.website", "name", o.Name)}
	}
	for _, a := range p.Directory.PartnershipsOf(o.ID) {
		v.Partnerships = append(v.Partnerships, partnership(a, o.Slug))
	}
	for _, g := range p.Directory.Organizations() {
		if g.RegisteredBy != nil && g.RegisteredBy.ID == o.ID {
			v.Groups = append(v.Groups, page.OrgLink{Name: g.Name, Href: page.OrganizationHref(g.Slug)})
		}
	}
	if found.Next != nil {
		v.MoreHref = "/events?" + url.Values{"organization": {o.Slug}}.Encode()
	}
	for i := range apart.Items {
		if apart.Items[i].Event.Visibility == event.Supporters {
			v.Supporters = append(v.Supporters, p.card(&apart.Items[i].Event, &apart.Items[i].Occurrence))
		}
	}
	return h.Show(c, http.StatusOK, "organization", v)
}
