package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

type eventView struct {
	Page                  head
	Errors                []fieldError
	Title, Kind, KindHref string
	Status                *notice
	Badges                []badge
	Supporters            bool
	Lead                  string
	Text                  []string
	Organisers            []role
	When                  []fact
	Audience              string
	Fee, FeeNote          string
	Reservation           string
	Place                 *place
	Upcoming              []occurrenceView
	Pending               []string // months of a series that are not decided yet
	Past                  []leaf
	ErasureHref           string // where the erasure of past dates is certified
	Safety                []safe
	Feed                  *feedBox
	Contacts              []link

	hasSecrets bool // a form carries a fresh one
}

type fact struct {
	Text   string
	Strong bool
}

type safe struct {
	Icon, Text, Note string
	Caution          bool // something to know beforehand
}

const (
	shownPast    = 24
	shownPending = 3
)

// event gives the page; given is what a refused request asked for, nil for a fresh page.
func (p painter) event(e *event.Event, given *given) (eventView, error) {
	v := eventView{
		Title: e.Title, Kind: label(p.words, "kind", e.Kind), KindHref: "/events?kind=" + string(e.Kind), Supporters: e.Visibility == event.Supporters,
		Lead: e.Summary, Text: paragraphs(e.Description), Organisers: organisers(p.words, e), Audience: p.audience(e), FeeNote: e.Fee.Note,
		Safety: p.safety(e.Assurance), Status: p.eventStatus(e), ErasureHref: eventHref(e) + "/erasure",
	}
	if v.Supporters {
		v.KindHref = "/events?audience=supporter&kind=" + string(e.Kind)
	}
	if e.Fee.Yen != nil {
		if v.Fee = i18n.Yen(*e.Fee.Yen); v.FeeNote == v.Fee {
			v.FeeNote = "" // once is enough
		}
	} else if e.Fee.Note != "" {
		v.Fee, v.FeeNote = e.Fee.Note, ""
	}
	if e.Website != "" {
		v.Contacts = []link{{e.Website, "この集まりのホームページ"}}
	}
	upcoming := e.Upcoming(p.now)
	main := p.mainOccurrence(e, upcoming)
	if main != nil {
		v.Place, v.Reservation = p.placeOf(main), p.ways(main)
		v.Badges = p.factBadges(e, main)
		switch {
		case len(upcoming) > 0:
			v.Badges = append(p.bestBadges(e, upcoming), v.Badges...)
		case !off(e, main):
			v.Badges = append(p.wayBadges(main), v.Badges...)
		}
	}
	v.When = p.when(e, upcoming, main)
	if err := p.dates(&v, e, upcoming, main, given); err != nil {
		return v, err
	}
	p.frame(&v, e)
	return v, nil
}

// mainOccurrence is the date the page is mostly about: the next that takes place, else the next, else the last.
func (p painter) mainOccurrence(e *event.Event, upcoming []event.Occurrence) *event.Occurrence {
	for i := range upcoming {
		if upcoming[i].Status == event.Scheduled {
			return &upcoming[i]
		}
	}
	if len(upcoming) > 0 {
		return &upcoming[0]
	}
	if n := len(e.Occurrences); n > 0 {
		return &e.Occurrences[n-1]
	}
	return nil
}

func (p painter) frame(v *eventView, e *event.Event) {
	path := eventHref(e)
	v.Page = head{
		Title: e.Title, Description: e.Summary, Canonical: p.canonical(path),
		Crumbs: []link{{"/", "となりまち"}, {"/events", "集まりをさがす"}, {"", e.Title}},
	}
	if v.Supporters {
		v.Page.Crumbs[1] = link{"/events?audience=supporter", "支援する方へ"}
	}
	if e.Series != nil {
		v.Feed, v.Page.Feeds = p.calendar("/feeds/series/"+e.Series.ID.String()+".ics", "この集まりをカレンダーに入れる", "決まった日程が、順にカレンダーに入ります。")
	} else {
		v.Feed, v.Page.Feeds = p.calendar("/feeds/events/"+e.ID.String()+".ics", "この集まりをカレンダーに入れる", "日時や場所が変わると、カレンダーも変わります。")
	}
}

func (p painter) dates(v *eventView, e *event.Event, upcoming []event.Occurrence, main *event.Occurrence, given *given) error {
	f := &former{painter: p, event: e, given: given}
	elsewhere := main != nil && v.Place != nil && slices.ContainsFunc(upcoming, func(o event.Occurrence) bool { return o.Place != main.Place })
	if elsewhere {
		v.Place.Day = dayText(clock.DateOf(main.StartsAt), p.today)
	}
	for i := range upcoming {
		o := &upcoming[i]
		shown, err := f.occurrence(o)
		if err != nil {
			return err
		}
		shown.Open = shown.Open || main != nil && o.ID == main.ID
		switch {
		case main == nil || !elsewhere:
		case o.Place != main.Place:
			shown.Place = p.placeOf(o)
		default: // told in full below
			shown.Place = &place{Name: v.Place.Name, Online: v.Place.Online}
		}
		v.Upcoming = append(v.Upcoming, shown)
	}
	v.Errors, v.hasSecrets = f.errors(), f.hasSecrets
	for _, o := range slices.Backward(e.Occurrences) {
		if !o.EndsAt.After(p.now) && o.Status == event.Scheduled && len(v.Past) < shownPast {
			v.Past = append(v.Past, leafOf(clock.DateOf(o.StartsAt), p.today))
		}
	}
	if e.Series != nil && e.Status == event.Published {
		for _, m := range e.Series.OpenMonths(p.today, shownPending) {
			v.Pending = append(v.Pending, monthText(m, p.today))
		}
	}
	return nil
}

// when is the side panel's few lines on the time.
func (p painter) when(e *event.Event, upcoming []event.Occurrence, main *event.Occurrence) []fact {
	var facts []fact
	if main != nil && len(upcoming) > 0 {
		day := clock.DateOf(main.StartsAt)
		facts = append(facts, fact{Text: dayText(day, p.today) + spanText(main.StartsAt, main.EndsAt, p.today), Strong: true})
		if m := p.mark(e, main); m != nil {
			facts = append(facts, fact{Text: m.Word, Strong: true})
		}
		if len(upcoming) > 1 {
			facts = append(facts, fact{Text: fmt.Sprintf("ほかに%d日あります", len(upcoming)-1)})
		}
	}
	if e.Series != nil {
		facts = append(facts, fact{Text: e.Series.RuleText})
	}
	return facts
}

// ways are the ways of taking part, in words.
func (p painter) ways(o *event.Occurrence) string {
	var words []string
	for _, part := range o.Parts {
		if word := label(p.words, "reservation", part.Reservation); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, "・")
}

func (p painter) eventStatus(e *event.Event) *notice {
	if e.Status != event.Cancelled {
		return nil
	}
	n := &notice{Tone: "stop", Icon: "stop", Title: "この集まりは中止になりました", Lines: paragraphs(e.CancelReason), Href: "/events", LinkText: "ほかの集まりをさがす"}
	return n
}

// safety is 安心情報: only what was stated.
func (p painter) safety(a event.Assurance) []safe {
	var all []safe
	for _, s := range []struct {
		stated *bool
		name   string
		icon   string
	}{
		{a.NicknameOK, "nickname_ok", "nickname"}, {a.ListenOnlyOK, "listen_only_ok", "listen"}, {a.LeaveMidwayOK, "leave_midway_ok", "leave"},
		{a.WomenStaff, "women_staff", "woman"}, {a.CompanionOK, "companion_ok", "companion"}, {a.Wheelchair, "wheelchair", "wheelchair"},
		{a.SignLanguage, "sign_language", "sign"}, {a.ChildCare, "child_care", "child"},
	} {
		if s.stated != nil && *s.stated {
			all = append(all, safe{Icon: s.icon, Text: label(p.words, "assurance", s.name)})
		}
	}
	switch a.Press {
	case event.PressNone:
		all = append(all, safe{Icon: "nopress", Text: label(p.words, "press", a.Press)})
	case event.PressPresent, event.PressAnnouncedLater:
		all = append(all, safe{Icon: "press", Text: label(p.words, "press", a.Press), Caution: true})
	}
	if len(a.AttendingOffices) > 0 {
		all = append(all, safe{Icon: "office", Text: "次の窓口の職員が来ます", Note: strings.Join(a.AttendingOffices, "、"), Caution: true})
	}
	return all
}
