package site

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

type organizationView struct {
	Page             head
	Status           *notice // no longer takes part
	Name, Kana, Kind string
	About            []string
	Area             string
	Site             *link
	RegisteredBy     *link
	Partnerships     []partnershipBox
	Groups           []orgLink // registered by this municipality
	Next             []card
	MoreHref         string
	Supporters       []card // for people who work in support
	Feed             *feedBox
}

const organizationCards = 12

func (s *Site) organizationShow(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	o, err := p.view.BySlug(c.Param("slug"))
	if err != nil {
		return err
	}
	page, err := s.events.List(ctx, event.Filter{Organization: o.Slug, Limit: organizationCards})
	if err != nil {
		return err
	}
	apart, err := s.events.List(ctx, event.Filter{Organization: o.Slug, Audience: "supporter", Limit: organizationCards})
	if err != nil {
		return err
	}
	path := organizationHref(o.Slug)
	v := organizationView{
		Page: head{
			Title: o.Name, Description: o.Name + "がひらく集まりの予定です。", Canonical: p.canonical(path),
			Crumbs: []link{{"/", "となりまち"}, {"", o.Name}},
		},
		Name: o.Name, Kana: o.Kana, Kind: "自治体", About: paragraphs(o.Introduction), Area: o.Area, Next: p.cards(page.Items),
	}
	if o.Kind == organization.PartnerGroup {
		v.Kind = "連携団体"
	}
	if o.Closed() {
		v.Status = &notice{Icon: "info", Title: "この団体は、となりまちへの参加を終えました", Lines: []string{dayText(clock.DateOf(o.ClosedAt), p.today) + "までの参加でした。"}}
	} else {
		v.Feed, v.Page.Feeds = p.calendar("/feeds/organizations/"+o.Slug+".ics", "この団体の集まりをカレンダーで見る", o.Name+"がひらく集まりが、すべてカレンダーに入ります。")
	}
	if o.RegisteredBy != nil && !o.Closed() {
		v.RegisteredBy = &link{Href: organizationHref(o.RegisteredBy.Slug), Text: o.RegisteredBy.Name}
	}
	if o.Website != "" {
		v.Site = &link{Href: o.Website, Text: o.Name + "のホームページ"}
	}
	for _, a := range p.view.PartnershipsOf(o.ID) {
		v.Partnerships = append(v.Partnerships, partnership(a, o.Slug))
	}
	for _, g := range p.view.Organizations() {
		if g.RegisteredBy != nil && g.RegisteredBy.ID == o.ID {
			v.Groups = append(v.Groups, orgLink{Name: g.Name, Href: organizationHref(g.Slug)})
		}
	}
	if page.Next != nil {
		v.MoreHref = "/events?" + url.Values{"organization": {o.Slug}}.Encode()
	}
	for i := range apart.Items {
		if apart.Items[i].Event.Visibility == event.Supporters {
			v.Supporters = append(v.Supporters, p.card(&apart.Items[i].Event, &apart.Items[i].Occurrence))
		}
	}
	return s.show(c, http.StatusOK, "organization", v)
}
