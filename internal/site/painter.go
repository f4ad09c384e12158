package site

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// painter turns what the concepts say into views, for one request: one moment, one picture of the organizations.
type painter struct {
	*Site
	now   time.Time
	today clock.Date
	view  *organization.View
	// contacts are the ways in which holders of the page's event can be told; on its page alone.
	contacts contact.Ways
	slots    map[uuid.UUID][]event.BoothSlot // by part; see withSlots
}

func (s *Site) painter(ctx context.Context) (painter, error) {
	view, err := s.directory.View(ctx)
	if err != nil {
		return painter{}, fmt.Errorf("read directory: %w", err)
	}
	now := s.clock.Now()
	return painter{Site: s, now: now, today: clock.DateOf(now), view: view}, nil
}

// label gives a word of the domain.
func label[T ~string](l *i18n.Localizer, group string, value T) string {
	return l.T("label."+group+"."+string(value), nil)
}

func (p painter) canonical(path string) string { return string(p.base) + path }

// calendar offers a feed on the page and to feed readers.
func (p painter) calendar(path, title, text string) (*feedBox, []alternate) {
	box := &feedBox{ID: "feed", Title: title, Address: p.host + path, Web: string(p.base) + path, Text: text}
	return box, []alternate{{Href: string(p.base) + path, Type: "text/calendar", Title: title}}
}

func organizationHref(slug string) string { return "/organizations/" + slug }

// organisers lists who stands on an event, in the agreed order; only approved ones are told.
func organisers(l *i18n.Localizer, e *event.Event) []role {
	var roles []role
	for _, r := range event.OrganiserRoles {
		var orgs []orgLink
		for _, ref := range e.CreditedTo(r) {
			orgs = append(orgs, orgLink{Name: ref.Name, Href: organizationHref(ref.Slug)})
		}
		if orgs != nil {
			roles = append(roles, role{Role: label(l, "role", r), Orgs: orgs})
		}
	}
	return roles
}

func off(e *event.Event, o *event.Occurrence) bool {
	return e.Status == event.Cancelled || o.Status != event.Scheduled
}

// mark says 中止, 延期 or 日程変更; nil when all is as it was.
func (p painter) mark(e *event.Event, o *event.Occurrence) *badge {
	switch {
	case e.Status == event.Cancelled, o.Status == event.OccurrenceCancelled:
		return &badge{Word: label(p.words, "mark", "cancelled"), Tone: "stop", Icon: "stop"}
	case o.Status == event.Postponed:
		return &badge{Word: label(p.words, "mark", "postponed"), Tone: "change", Icon: "move"}
	case o.MovedFrom != nil:
		return &badge{Word: label(p.words, "mark", "moved"), Tone: "change", Icon: "move"}
	}
	return nil
}

func eventHref(e *event.Event) string { return "/events/" + e.ID.String() }

func (p painter) card(e *event.Event, o *event.Occurrence) card {
	c := card{
		Href: eventHref(e), Title: e.Title, Kind: label(p.words, "kind", e.Kind), Off: off(e, o), Status: p.mark(e, o),
		Day: leafOf(clock.DateOf(o.StartsAt), p.today), Time: spanText(o.StartsAt, o.EndsAt, p.today),
		Place: p.placeLine(o.Place), Online: o.Place.Kind == event.Online, Organisers: organisers(p.words, e), Audience: p.audience(e),
	}
	if !c.Off {
		c.Badges = p.wayBadges(o)
	}
	c.Badges = append(c.Badges, p.factBadges(e, o)...)
	return c
}

func (p painter) cards(items []event.Listed) []card {
	var all []card
	for i := range items {
		all = append(all, p.card(&items[i].Event, &items[i].Occurrence))
	}
	return all
}

// placeLine is the place in one line, with its town where the name does not say it.
func (p painter) placeLine(at event.Place) string {
	if at.Kind == event.Online && at.Name == "" {
		return label(p.words, "place", event.Online)
	}
	if town := p.town(at); town != "" && !strings.Contains(at.Name, strings.TrimRight(town, "区市町村")) {
		return strings.TrimSpace(town + "　" + at.Name)
	}
	return at.Name
}

func (p painter) town(at event.Place) string {
	town, err := p.view.ByCode(at.AreaCode)
	if err != nil {
		return "" // not told, or a town that is not here
	}
	return town.Name
}

// audience is the event's own wording, else its tags.
func (p painter) audience(e *event.Event) string {
	if e.Audience != "" {
		return e.Audience
	}
	var words []string
	for _, t := range e.AudienceTags {
		words = append(words, label(p.words, "audience", t))
	}
	return strings.Join(words, "、")
}

// wayBadges say how one takes part on a date, each way once.
func (p painter) wayBadges(o *event.Occurrence) []badge {
	var badges []badge
	for i := range o.Parts {
		badges = p.addWay(badges, o, &o.Parts[i])
	}
	return badges
}

// bestBadges say how one takes part in an event, each way once and as it stands on the date where it stands best: registration for the next date may be over
// while that for a later one is open.
func (p painter) bestBadges(e *event.Event, upcoming []event.Occurrence) []badge {
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
	var badges []badge
	for _, way := range ways {
		badges = p.addWay(badges, best[way].at, best[way].part)
	}
	return badges
}

// standing orders the states of a part, the best one first.
func (p painter) standing(o *event.Occurrence, part *event.Part) int {
	order := []event.RegistrationState{event.RegistrationNotYet, event.RegistrationWaiting, event.RegistrationFull, event.RegistrationClosed}
	if at := slices.Index(order, part.Registration(o, p.now)); at >= 0 {
		return 10 + at
	}
	if part.Reservation == event.Seat {
		return slices.Index(bands, best(part.Quotas))
	}
	return 0
}

// addWay adds how one takes part in a part of a date.
func (p painter) addWay(badges []badge, o *event.Occurrence, part *event.Part) []badge {
	add := func(b badge) {
		if !slices.Contains(badges, b) {
			badges = append(badges, b)
		}
	}
	switch part.Registration(o, p.now) {
	case event.RegistrationNotNeeded:
		add(badge{Word: label(p.words, "reservation", event.NoReservation), Tone: "info", Icon: "walk"})
		if part.DoorBand != "" {
			add(bandBadge(p.words, part.DoorBand))
		}
	case event.RegistrationNotYet:
		add(badge{Word: label(p.words, "registration", event.RegistrationNotYet), Icon: "clock"})
	case event.RegistrationClosed:
		add(badge{Word: label(p.words, "registration", event.RegistrationClosed), Tone: "full", Icon: "clock"})
	case event.RegistrationOpen, event.RegistrationFull, event.RegistrationWaiting:
		switch part.Reservation {
		case event.Slot:
			add(badge{Word: "相談枠（予約制）", Icon: "ticket"})
		case event.Lottery:
			add(badge{Word: label(p.words, "reservation", event.Lottery), Icon: "ticket"})
		default:
			add(badge{Word: "席をとる", Icon: "ticket"})
			add(bandBadge(p.words, best(part.Quotas)))
		}
	}
	return badges
}

// bands in the order of how much room they tell of.
var bands = []event.Band{event.BandAvailable, event.BandFew, event.BandFull}

// best is the band of the quota with most room.
func best(quotas []event.Quota) event.Band {
	found := event.BandFull
	for _, q := range quotas {
		if q.Channel != event.ChannelWalkIn && q.Accepting && slices.Index(bands, q.Band()) < slices.Index(bands, found) {
			found = q.Band()
		}
	}
	return found
}

func bandBadge(l *i18n.Localizer, b event.Band) badge {
	looks := map[event.Band]badge{
		event.BandAvailable: {Tone: "good", Icon: "circle"}, event.BandFew: {Tone: "few", Icon: "triangle"}, event.BandFull: {Tone: "full", Icon: "cross"},
	}
	look := looks[b]
	look.Word = l.T("label.band_"+string(b), nil)
	return look
}

// factBadges say what does not change with the seats.
func (p painter) factBadges(e *event.Event, o *event.Occurrence) []badge {
	var badges []badge
	switch o.Place.Kind {
	case event.Online:
		badges = append(badges, badge{Word: "オンライン", Icon: "online"})
	case event.Both:
		badges = append(badges, badge{Word: "オンラインもあり", Icon: "online"})
	case event.InPerson:
	}
	if slices.Equal(e.AudienceTags, []event.AudienceTag{"women"}) {
		badges = append(badges, badge{Word: "女性限定"})
	}
	if e.Fee.Yen != nil {
		badges = append(badges, badge{Word: i18n.Yen(*e.Fee.Yen), Icon: "yen"})
	}
	if e.Visibility == event.Supporters {
		badges = append(badges, badge{Word: p.words.T("label.supporters_only", nil), Tone: "info", Icon: "study"})
	}
	return badges
}

func (p painter) place(at event.Place) *place {
	if at == (event.Place{}) {
		return nil
	}
	v := &place{
		Name: at.Name, Town: p.town(at), Address: at.Address, Access: paragraphs(at.Access), Online: at.Kind == event.Online,
	}
	switch at.Kind {
	case event.Online:
		if v.Name == "" {
			v.Name = label(p.words, "place", event.Online)
		}
	case event.Both:
		v.OnlineText = "オンラインでも参加できます。"
	case event.InPerson:
	}
	if at.Address != "" {
		v.MapHref = "https://www.google.com/maps/search/?" + url.Values{"api": {"1"}, "query": {at.Address + " " + at.Name}}.Encode()
	}
	return v
}

func orgLinks(refs []organization.Ref) []orgLink {
	var all []orgLink
	for _, r := range refs {
		all = append(all, orgLink{Name: r.Name, Href: organizationHref(r.Slug)})
	}
	return all
}

// partnership lists the members of a partnership; self stays without a link.
func partnership(a organization.Partnership, self string) partnershipBox {
	box := partnershipBox{
		Name: a.Name, Href: "/events?" + url.Values{"partnership": {a.Slug}}.Encode(), Text: paragraphs(a.Description),
		Members: append(orgLinks(a.Members), orgLinks(a.PartnerGroups)...),
	}
	for i := range box.Members {
		if self != "" && box.Members[i].Href == organizationHref(self) {
			box.Members[i].Href = ""
		}
	}
	return box
}
