package events

import (
	"net/url"
	"slices"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

type card struct {
	Href, Title, Kind string
	Off               bool // cancelled or postponed
	Status            *page.Badge
	Day               page.Leaf
	Time, Place       string
	Online            bool
	Organisers        []page.Role
	Audience          string
	Badges            []page.Badge
}

// organisers lists who stands on an event, in the agreed order; only approved ones are told.
func organisers(l *i18n.Localizer, e *event.Event) []page.Role {
	var roles []page.Role
	for _, r := range event.OrganiserRoles {
		var orgs []page.OrgLink
		for _, ref := range e.CreditedTo(r) {
			orgs = append(orgs, page.OrgLink{Name: ref.Name, Href: page.OrganizationHref(ref.Slug)})
		}
		if orgs != nil {
			roles = append(roles, page.Role{Role: page.Label(l, "role", r), Orgs: orgs})
		}
	}
	return roles
}

func off(e *event.Event, o *event.Occurrence) bool {
	return e.Status == event.Cancelled || o.Status != event.Scheduled
}

// mark says 中止, 延期 or 日程変更; nil when all is as it was.
func (p viewBuilder) mark(e *event.Event, o *event.Occurrence) *page.Badge {
	switch {
	case e.Status == event.Cancelled, o.Status == event.OccurrenceCancelled:
		return &page.Badge{Word: page.Label(p.Words, "mark", "cancelled"), Tone: "stop", Icon: "stop"}
	case o.Status == event.Postponed:
		return &page.Badge{Word: page.Label(p.Words, "mark", "postponed"), Tone: "change", Icon: "move"}
	case o.MovedFrom != nil:
		return &page.Badge{Word: page.Label(p.Words, "mark", "moved"), Tone: "change", Icon: "move"}
	}
	return nil
}

func (p viewBuilder) card(e *event.Event, o *event.Occurrence) card {
	c := card{
		Href:   page.EventHref(e),
		Title:  e.Title,
		Kind:   page.Label(p.Words, "kind", e.Kind),
		Off:    off(e, o),
		Status: p.mark(e, o),
		Day:    page.LeafOf(clock.DateOf(o.StartsAt), p.Today),
		Time:   page.SpanText(o.StartsAt, o.EndsAt, p.Today),
		Place: p.placeLine(
			o.Place,
		),
		Online:     o.Place.Kind == event.Online,
		Organisers: organisers(p.Words, e),
		Audience:   p.audience(e),
	}
	if !c.Off {
		c.Badges = p.wayBadges(o)
	}
	c.Badges = append(c.Badges, p.factBadges(e, o)...)
	return c
}

func (p viewBuilder) cards(items []search.Listed) []card {
	var all []card
	for i := range items {
		all = append(all, p.card(&items[i].Event, &items[i].Occurrence))
	}
	return all
}

// placeLine is the place in one line, with its town where the name does not say it.
func (p viewBuilder) placeLine(at event.Place) string {
	if at.Kind == event.Online && at.Name == "" {
		return page.Label(p.Words, "place", event.Online)
	}
	if town := p.TownName(at.AreaCode); town != "" && !strings.Contains(at.Name, page.ShortTown(town)) {
		return strings.TrimSpace(town + "　" + at.Name)
	}
	return at.Name
}

// audience is the event's own wording, else its tags.
func (p viewBuilder) audience(e *event.Event) string {
	if e.Audience != "" {
		return e.Audience
	}
	var words []string
	for _, t := range e.AudienceTags {
		words = append(words, page.Label(p.Words, "audience", t))
	}
	return strings.Join(words, "、")
}

// wayBadges say how one takes part on a date, each way once.
func (p viewBuilder) wayBadges(o *event.Occurrence) []page.Badge {
	var badges []page.Badge
	for i := range o.Parts {
		badges = p.addWay(badges, o, &o.Parts[i])
	}
	return badges
}

// bestBadges say how one takes part in an event, each way once and as it stands on the date where
// it stands best: registration for the next date may be over while that for a later one is open.
func (p viewBuilder) bestBadges(e *event.Event, upcoming []event.Occurrence) []page.Badge {
	type stand struct {
		at   *event.Occurrence
		part *event.Part
	}
	best := map[event.Reservation]stand{}
	var ways []event.Reservation
	for i := range upcoming {
		o := &upcoming[i]
		if off(e, o) {
			continue
		}
		for j := range o.Parts {
			part := &o.Parts[j]
			known, ok := best[part.Reservation]
			if !ok {
				ways = append(ways, part.Reservation)
			}
			if !ok || p.standing(o, part) < p.standing(known.at, known.part) {
				best[part.Reservation] = stand{o, part}
			}
		}
	}
	var badges []page.Badge
	for _, way := range ways {
		badges = p.addWay(badges, best[way].at, best[way].part)
	}
	return badges
}

// standing orders the states of a part, the best one first.
func (p viewBuilder) standing(o *event.Occurrence, part *event.Part) int {
	order := []event.RegistrationState{
		event.RegistrationNotYet,
		event.RegistrationWaiting,
		event.RegistrationFull,
		event.RegistrationClosed,
	}
	if at := slices.Index(order, part.Registration(o, p.Now)); at >= 0 {
		return 10 + at
	}
	if part.Reservation == event.Seat {
		return slices.Index(page.Bands, page.BestBand(part.Quotas))
	}
	return 0
}

// addWay adds how one takes part in a part of a date.
func (p viewBuilder) addWay(badges []page.Badge, o *event.Occurrence, part *event.Part) []page.Badge {
	add := func(b page.Badge) {
		if !slices.Contains(badges, b) {
			badges = append(badges, b)
		}
	}
	switch part.Registration(o, p.Now) {
	case event.RegistrationNotNeeded:
		add(page.Badge{Word: page.Label(p.Words, "reservation", event.NoReservation), Tone: "info", Icon: "walk"})
		if part.DoorBand != "" {
			add(page.BandBadge(p.Words, part.DoorBand))
		}
	case event.RegistrationNotYet:
		add(page.Badge{Word: page.Label(p.Words, "registration", event.RegistrationNotYet), Icon: "clock"})
	case event.RegistrationClosed:
		add(page.Badge{
			Word: page.Label(p.Words, "registration", event.RegistrationClosed),
			Tone: "full",
			Icon: "clock",
		})
	case event.RegistrationOpen, event.RegistrationFull, event.RegistrationWaiting:
		switch part.Reservation {
		case event.Slot:
			add(page.Badge{Word: p.Text("events.way.slot"), Icon: "ticket"})
		case event.Lottery:
			add(page.Badge{Word: page.Label(p.Words, "reservation", event.Lottery), Icon: "ticket"})
		default:
			add(page.Badge{Word: p.Text("events.way.seat"), Icon: "ticket"})
			add(page.BandBadge(p.Words, page.BestBand(part.Quotas)))
		}
	}
	return badges
}

// factBadges say what does not change with the seats.
func (p viewBuilder) factBadges(e *event.Event, o *event.Occurrence) []page.Badge {
	var badges []page.Badge
	switch o.Place.Kind {
	case event.Online:
		badges = append(badges, page.Badge{Word: p.Text("events.fact.online"), Icon: "online"})
	case event.Both:
		badges = append(badges, page.Badge{Word: p.Text("events.fact.online_too"), Icon: "online"})
	case event.InPerson:
	}
	if slices.Equal(e.AudienceTags, []event.AudienceTag{"women"}) {
		badges = append(badges, page.Badge{Word: p.Text("events.fact.women")})
	}
	if e.Fee.Yen != nil {
		badges = append(badges, page.Badge{Word: i18n.Yen(*e.Fee.Yen), Icon: "yen"})
	}
	if e.Visibility == event.Supporters {
		badges = append(badges, page.Badge{Word: p.Words.T("label.supporters_only", nil), Tone: "info", Icon: "study"})
	}
	return badges
}

func orgLinks(refs []organization.Ref) []page.OrgLink {
	var all []page.OrgLink
	for _, r := range refs {
		all = append(all, page.OrgLink{Name: r.Name, Href: page.OrganizationHref(r.Slug)})
	}
	return all
}

// partnership lists the members of a partnership; self stays without a link.
func partnership(a organization.Partnership, self string) partnershipBox {
	box := partnershipBox{
		Name:    a.Name,
		Href:    "/events?" + url.Values{"partnership": {a.Slug}}.Encode(),
		Text:    page.Paragraphs(a.Description),
		Members: append(orgLinks(a.Members), orgLinks(a.PartnerGroups)...),
	}
	for i := range box.Members {
		if self != "" && box.Members[i].Href == page.OrganizationHref(self) {
			box.Members[i].Href = ""
		}
	}
	return box
}

// partnershipBox names the members of a partnership; the organization whose page it is has no Href.
type partnershipBox struct {
	Name, Href string
	Text       []string
	Members    []page.OrgLink
}
