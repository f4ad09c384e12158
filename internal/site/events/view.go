package events

import (
	"slices"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

type eventView struct {
	Page                  page.Head
	Errors                []page.FieldError
	Title, Kind, KindHref string
	Status                *page.Notice
	Badges                []page.Badge
	Supporters            bool
	Lead                  string
	Text                  []string
	Organisers            []page.Role
	When                  []fact
	Audience              string
	Fee, FeeNote          string
	Reservation           string
	Place                 *page.Place
	Upcoming              []occurrenceView
	Pending               []string // months of a series that are not decided yet
	Past                  []page.Leaf
	ErasureHref           string // where the erasure of past dates is certified
	Safety                []safe
	Feed                  *page.FeedBox
	Contacts              []page.Link

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
func (p viewBuilder) event(e *event.Event, given *given) (eventView, error) {
	v := eventView{
		Title:       e.Title,
		Kind:        page.Label(p.Words, "kind", e.Kind),
		KindHref:    "/events?kind=" + string(e.Kind),
		Supporters:  e.Visibility == event.Supporters,
		Lead:        e.Summary,
		Text:        page.Paragraphs(e.Description),
		Organisers:  organisers(p.Words, e),
		Audience:    p.audience(e),
		FeeNote:     e.Fee.Note,
		Safety:      p.safety(e.Assurance),
		Status:      p.eventStatus(e),
		ErasureHref: page.EventHref(e) + "/erasure",
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
		v.Contacts = []page.Link{{Href: e.Website, Text: p.Text("events.event.website")}}
	}
	upcoming := e.Upcoming(p.Now)
	main := p.mainOccurrence(e, upcoming)
	if main != nil {
		v.Place, v.Reservation = p.PlaceOf(main), p.ways(main)
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

// mainOccurrence is the date the page is mostly about: the next that takes place, else the next,
// else the last.
func (p viewBuilder) mainOccurrence(e *event.Event, upcoming []event.Occurrence) *event.Occurrence {
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

func (p viewBuilder) frame(v *eventView, e *event.Event) {
	path := page.EventHref(e)
	v.Page = page.Head{
		Title: e.Title, Description: e.Summary, Canonical: p.Canonical(path),
		Crumbs: []page.Link{
			{Href: "/", Text: p.Text("page.brand")},
			{Href: "/events", Text: p.Text("events.list.title")},
			{Href: "", Text: e.Title},
		},
	}
	if v.Supporters {
		v.Page.Crumbs[1] = page.Link{Href: "/events?audience=supporter", Text: p.Text("events.list.supporters_crumb")}
	}
	if e.Series != nil {
		v.Feed, v.Page.Feeds = p.Feed(
			"/feeds/series/"+e.Series.ID.String()+".ics",
			p.Text("events.feed.event"),
			p.Text("events.feed.series_text"),
		)
	} else {
		v.Feed, v.Page.Feeds = p.Feed(
			"/feeds/events/"+e.ID.String()+".ics",
			p.Text("events.feed.event"),
			p.Text("events.feed.event_text"),
		)
	}
}

func (p viewBuilder) dates(
	v *eventView,
	e *event.Event,
	upcoming []event.Occurrence,
	main *event.Occurrence,
	given *given,
) error {
	f := &formBuilder{viewBuilder: p, event: e, given: given}
	elsewhere := main != nil && v.Place != nil &&
		slices.ContainsFunc(upcoming, func(o event.Occurrence) bool { return o.Place != main.Place })
	if elsewhere {
		v.Place.Day = page.DayText(clock.DateOf(main.StartsAt), p.Today)
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
			shown.Place = p.PlaceOf(o)
		default: // told in full below
			shown.Place = &page.Place{Name: v.Place.Name, Online: v.Place.Online}
		}
		v.Upcoming = append(v.Upcoming, shown)
	}
	v.Errors, v.hasSecrets = f.errors(), f.hasSecrets
	for _, o := range slices.Backward(e.Occurrences) {
		if !o.EndsAt.After(p.Now) && o.Status == event.Scheduled && len(v.Past) < shownPast {
			v.Past = append(v.Past, page.LeafOf(clock.DateOf(o.StartsAt), p.Today))
		}
	}
	if e.Series != nil && e.Status == event.Published {
		for _, m := range e.Series.OpenMonths(p.Today, shownPending) {
			v.Pending = append(v.Pending, page.MonthText(m, p.Today))
		}
	}
	return nil
}

// when is the side panel's few lines on the time.
func (p viewBuilder) when(e *event.Event, upcoming []event.Occurrence, main *event.Occurrence) []fact {
	var facts []fact
	if main != nil && len(upcoming) > 0 {
		day := clock.DateOf(main.StartsAt)
		facts = append(
			facts,
			fact{Text: page.DayText(day, p.Today) + page.SpanText(main.StartsAt, main.EndsAt, p.Today), Strong: true},
		)
		if m := p.mark(e, main); m != nil {
			facts = append(facts, fact{Text: m.Word, Strong: true})
		}
		if len(upcoming) > 1 {
			facts = append(facts, fact{Text: p.Text("events.event.more_days", "n", len(upcoming)-1)})
		}
	}
	if e.Series != nil {
		facts = append(facts, fact{Text: e.Series.RuleText})
	}
	return facts
}

// ways are the ways of taking part, in words.
func (p viewBuilder) ways(o *event.Occurrence) string {
	var words []string
	for _, part := range o.Parts {
		if word := page.Label(p.Words, "reservation", part.Reservation); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, "・")
}

func (p viewBuilder) eventStatus(e *event.Event) *page.Notice {
	if e.Status != event.Cancelled {
		return nil
	}
	n := &page.Notice{
		Tone:     "stop",
		Icon:     "stop",
		Title:    p.Text("events.event.cancelled"),
		Lines:    page.Paragraphs(e.CancelReason),
		Href:     "/events",
		LinkText: p.Text("events.event.find"),
	}
	return n
}

// safety is 安心情報: only what was stated.
func (p viewBuilder) safety(a event.Assurance) []safe {
	var all []safe
	for _, s := range []struct {
		stated *bool
		name   string
		icon   string
	}{
		{a.NicknameOK, "nickname_ok", "nickname"},
		{a.ListenOnlyOK, "listen_only_ok", "listen"},
		{a.LeaveMidwayOK, "leave_midway_ok", "leave"},
		{a.WomenStaff, "women_staff", "woman"},
		{a.CompanionOK, "companion_ok", "companion"},
		{a.Wheelchair, "wheelchair", "wheelchair"},
		{a.SignLanguage, "sign_language", "sign"}, {a.ChildCare, "child_care", "child"},
	} {
		if s.stated != nil && *s.stated {
			all = append(all, safe{Icon: s.icon, Text: page.Label(p.Words, "assurance", s.name)})
		}
	}
	switch a.Press {
	case event.PressNone:
		all = append(all, safe{Icon: "nopress", Text: page.Label(p.Words, "press", a.Press)})
	case event.PressPresent, event.PressAnnouncedLater:
		all = append(all, safe{Icon: "press", Text: page.Label(p.Words, "press", a.Press), Caution: true})
	}
	if len(a.AttendingOffices) > 0 {
		all = append(
			all,
			safe{
				Icon:    "office",
				Text:    p.Text("events.event.offices"),
				Note:    strings.Join(a.AttendingOffices, "、"),
				Caution: true,
			},
		)
	}
	return all
}
