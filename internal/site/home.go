package site

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

type homeView struct {
	Page          head
	Filter        filterView // From, Area and Exclude are used
	Quick         []link
	Next          []card
	Kinds         []kindLink
	Towns, Groups []orgLink
	Partnerships  []partnershipBox
	Feed          *feedBox
}

type kindLink struct{ Href, Text, Icon, Note string }

// Kinds for residents, with what they are in a few words; those for people who work in support are found on their own page.
var homeKinds = []struct {
	kind       event.Kind
	icon, note string
}{
	{"joshikai", "cup", "女性だけで集まる、安心できる時間"},
	{"ibasho", "home", "いるだけでもいい、気がねなくすごす場"},
	{"family", "companion", "家族どうしで話し、知恵を分けあう会"},
	{"salon", "chat", "お茶を飲みながら、ゆっくり話す会"},
	{"consultation", "listen", "専門の人にひとりずつ相談する"},
	{"joint_consultation", "people", "いくつもの団体に一度に相談する"},
	{"lecture", "lecture", "話を聞いてみる。聞くだけで大丈夫"},
	{"seminar", "study", "いっしょに学んでみる"},
	{"online", "online", "家から参加できる集まり"},
}

const homeCards = 6

func (s *Site) home(c echo.Context) error {
	ctx := c.Request().Context()
	p, err := s.painter(ctx)
	if err != nil {
		return err
	}
	page, err := s.events.List(ctx, event.Filter{Limit: homeCards})
	if err != nil {
		return err
	}
	v := homeView{
		Page: head{
			Description: "名前も電話番号もいりません。市区町村と地域の団体がひらく居場所や講演会、相談会を、町をこえてさがせます。",
			Canonical:   p.canonical("/"), Current: "home",
		},
		Filter: p.filter(asked{}), Quick: p.quick(), Next: p.cards(page.Items),
	}
	for _, k := range homeKinds {
		v.Kinds = append(v.Kinds, kindLink{Href: "/events?kind=" + string(k.kind), Text: label(s.words, "kind", k.kind), Icon: k.icon, Note: k.note})
	}
	for _, o := range p.view.Organizations() {
		entry := orgLink{Name: o.Name, Href: organizationHref(o.Slug), Note: o.Area}
		switch {
		case o.Kind == organization.Municipality:
			entry.Note = ""
			v.Towns = append(v.Towns, entry)
		case o.Online:
			entry.Note = "オンライン"
			fallthrough
		default:
			v.Groups = append(v.Groups, entry)
		}
	}
	for _, a := range p.view.Partnerships() {
		v.Partnerships = append(v.Partnerships, partnership(a, ""))
	}
	v.Feed, v.Page.Feeds = p.calendar("/feeds/all.ics", "すべての集まりをカレンダーで見る", "のっている集まりが、すべてカレンダーに入ります。")
	return s.show(c, http.StatusOK, "home", v)
}

// quick are searches that many make.
func (p painter) quick() []link {
	saturday := p.today.AddDays((int(time.Saturday) - int(p.today.Weekday()) + 7) % 7)
	from := saturday
	if p.today.Weekday() == time.Sunday {
		from, saturday = p.today, p.today.AddDays(-1)
	}
	return []link{
		{"/events?from=" + from.String() + "&to=" + saturday.AddDays(1).String(), "今週末"},
		{"/events?reservation=none", "予約なしで行ける"},
		{"/events?place=online", "家からオンラインで"},
		{"/events?audience=women", "女性のための集まり"},
		{"/events?audience=family", "家族のための集まり"},
	}
}
