package site

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

type eventsView struct {
	Page                head
	Heading, Lead       string
	Supporters          bool
	Errors              []fieldError
	Filter              filterView
	Count               string
	Days                []dayGroup
	FirstHref, NextHref string
	Chosen              []link // one a condition in force; Href takes it away
	ClearHref           string
	Wider               []link // ways out of an empty list
	Feed                *feedBox
}

type dayGroup struct {
	ISO, Text, Near string
	Cards           []card
}

func (s *Site) eventsList(c echo.Context) error {
	ctx, query := c.Request().Context(), c.QueryParams()
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	a := p.ask(query)
	v := eventsView{
		Page: head{
			Title: "集まりをさがす", Description: "町をこえて参加できる集まりを、日にちやエリア、対象からさがせます。", Canonical: p.canonical("/events"),
			Current: "events", Crumbs: []link{{"/", "となりまち"}, {"", "集まりをさがす"}},
		},
		Heading: "集まりをさがす", Lead: "町をこえて参加できる集まりをのせています。", Filter: p.filter(a), Supporters: a.supporters(),
	}
	if a.supporters() {
		v.Heading, v.Lead = "支援する方のための研修・講演", "支援に携わる方のための研修や講演、会議をのせています。"
		v.Page.Title, v.Page.Canonical = v.Heading, p.canonical("/events?audience=supporter")
		v.Page.Crumbs = []link{{"/", "となりまち"}, {"/events", "集まりをさがす"}, {"", "支援する方へ"}}
	}
	if v.Errors = a.errors(v.Filter); v.Errors != nil {
		v.Count = "条件をなおして、もういちどさがしてください"
		return s.show(c, http.StatusUnprocessableEntity, "events", v)
	}
	if cursor := query.Get("cursor"); cursor != "" {
		if a.filter.After, err = s.open(a, cursor); err != nil {
			return err
		}
		v.FirstHref = a.address()
	}
	page, err := s.events.List(ctx, a.filter)
	if err != nil {
		return err
	}
	v.Days = p.days(page.Items)
	v.Count = fmt.Sprintf("%d件の集まり", len(page.Items))
	if page.Next != nil {
		v.NextHref = a.address() + join(a) + "cursor=" + s.seal(a, *page.Next)
	}
	switch {
	case page.Next != nil && len(page.Items) == 0:
		v.Count = "ここまでには見つかりませんでした。つづきをさがせます" // a search stops after so many dates and goes on from there
	case page.Next != nil || v.FirstHref != "":
		v.Count = fmt.Sprintf("%d件を表示しています", len(page.Items))
	}
	if v.Chosen = p.chips(a); len(v.Chosen) > 1 {
		v.ClearHref = "/events"
	}
	if len(page.Items) == 0 {
		v.Wider = wider(a)
	}
	v.Feed, v.Page.Feeds = p.feedOf(a)
	return s.show(c, http.StatusOK, "events", v)
}

// join continues an address that may have conditions already.
func join(a asked) string {
	if len(a.typed) == 0 {
		return "?"
	}
	return "&"
}

// days groups a page by date in Tokyo; it comes sorted by time.
func (p painter) days(items []event.Listed) []dayGroup {
	var days []dayGroup
	for i := range items {
		d := clock.DateOf(items[i].Occurrence.StartsAt)
		if len(days) == 0 || days[len(days)-1].ISO != d.String() {
			days = append(days, dayGroup{ISO: d.String(), Text: dayText(d, p.today), Near: nearText(d, p.today)})
		}
		group := &days[len(days)-1]
		group.Cards = append(group.Cards, p.card(&items[i].Event, &items[i].Occurrence))
	}
	return days
}

// wider are lists with one kind of condition less.
func wider(a asked) []link {
	var ways []link
	if a.value("from")+a.value("to") != "" {
		ways = append(ways, link{a.address("from", "to"), "日にちを決めずにさがす"})
	}
	if a.value("area") != "" {
		ways = append(ways, link{a.address("area"), "エリアを広げる"})
	}
	if a.value("place") != "online" {
		ways = append(ways, link{"/events?place=online", "オンラインの集まりを見る"})
	}
	if len(a.typed) > 0 {
		ways = append(ways, link{"/events", "すべての集まりを見る"})
	}
	return ways
}

// feedOf is the calendar that shows the same as the list, when there is one.
func (p painter) feedOf(a asked) (*feedBox, []alternate) {
	const text = "この一覧と同じ集まりが、カレンダーに入ります。"
	if len(a.typed) == 0 {
		return p.calendar("/feeds/all.ics", "すべての集まりをカレンダーで見る", text)
	}
	if len(a.typed) > 1 {
		return nil, nil
	}
	switch {
	case a.filter.Organization != "":
		o, _ := p.view.BySlug(a.filter.Organization) // known: the request had no faults
		return p.calendar("/feeds/organizations/"+o.Slug+".ics", o.Name+"の集まりをカレンダーで見る", text)
	case a.filter.Partnership != "":
		agreed, _ := p.view.Partnership(a.filter.Partnership)
		return p.calendar("/feeds/partnerships/"+agreed.Slug+".ics", agreed.Name+"の集まりをカレンダーで見る", text)
	case a.filter.Kind != "":
		return p.calendar("/feeds/kinds/"+string(a.filter.Kind)+".ics", label(p.words, "kind", a.filter.Kind)+"をカレンダーで見る", text)
	}
	return nil, nil
}
