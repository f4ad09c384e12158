package site

import (
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// filterView is the search form as the list page and the home page have it.
type filterView struct {
	From, To, Q                   input
	Area, Exclude, Audience, Kind selectField
	Place, Reservation            choices
	Hidden                        []option // conditions that came by a link: Value under the name Label
	Open                          bool
}

// The conditions a list can have, in the order in which chips show them.
var conditions = []string{"from", "to", "organization", "partnership", "area", "exclude_organization", "audience", "kind", "place", "reservation", "q"}

const maxQuery = 100

// asked is a list request: as typed, as understood, and what could not be.
type asked struct {
	typed  url.Values // one non-empty value a condition
	filter event.Filter
	faults map[string]string // by condition
}

func (a asked) value(name string) string { return a.typed.Get(name) }

// address is the list with these conditions, without those named.
func (a asked) address(without ...string) string {
	rest := url.Values{}
	for name, values := range a.typed {
		if !slices.Contains(without, name) {
			rest[name] = values
		}
	}
	if len(rest) == 0 {
		return "/events"
	}
	return "/events?" + rest.Encode()
}

// ask reads a list request. Unknown names are ignored; the first of several values counts.
func (p painter) ask(query url.Values) asked {
	a := asked{typed: url.Values{}, faults: map[string]string{}}
	for _, name := range conditions {
		if v := strings.TrimSpace(query.Get(name)); v != "" {
			a.typed.Set(name, v)
		}
	}
	wrong := func(name, code string, params map[string]any) { a.faults[name] = p.words.Field(code, params) }
	known := func(name string, fine bool) string {
		if v := a.value(name); v != "" && !fine {
			wrong(name, "unknown_value", nil)
			return ""
		}
		return a.value(name)
	}
	day := func(name string) (clock.Date, bool) {
		d, err := clock.ParseDate(a.value(name))
		if err != nil && a.value(name) != "" {
			wrong(name, "invalid_date", nil)
		}
		return d, err == nil
	}
	from, hasFrom := day("from")
	if hasFrom {
		t := from.Start()
		a.filter.From = &t
		a.filter.NotEnded = from == p.today // nobody can go to what is over; who asks for days that are past sees them
	} else {
		from = p.today
	}
	if to, ok := day("to"); ok {
		t := to.AddDays(1).Start()
		a.filter.To = &t
		if to.Before(from) {
			wrong("to", "times_out_of_order", nil)
		}
	}
	for _, name := range []string{"organization", "exclude_organization", "area"} {
		if _, err := p.view.BySlug(a.value(name)); err != nil && a.value(name) != "" {
			a.faults[name] = p.words.Problem("organization_not_found", nil)
		}
	}
	a.filter.Organization, a.filter.ExcludeOrganization = a.value("organization"), a.value("exclude_organization")
	if town, err := p.view.BySlug(a.value("area")); err == nil {
		a.filter.Area = town.Code
		if town.Code == "" {
			wrong("area", "unknown_value", nil)
		}
	}
	if _, err := p.view.Partnership(a.value("partnership")); err != nil && a.value("partnership") != "" {
		a.faults["partnership"] = p.words.Problem("partnership_not_found", nil)
	}
	a.filter.Partnership = a.value("partnership")
	a.filter.Audience = event.AudienceTag(known("audience", slices.Contains(event.AudienceTags, event.AudienceTag(a.value("audience")))))
	a.filter.Kind = event.Kind(known("kind", slices.Contains(event.Kinds, event.Kind(a.value("kind")))))
	a.filter.Place = event.PlaceKind(known("place", slices.Contains(placeKinds, event.PlaceKind(a.value("place")))))
	a.filter.Reservation = event.Reservation(known("reservation", slices.Contains(event.Reservations, event.Reservation(a.value("reservation")))))
	switch words, ok := text.Line(a.value("q")); {
	case !ok:
		wrong("q", "hidden_characters", nil)
	case utf8.RuneCountInString(words) > maxQuery:
		wrong("q", "too_long", map[string]any{"max": maxQuery})
	default:
		a.filter.Query = words
	}
	return a
}

var placeKinds = []event.PlaceKind{event.InPerson, event.Online}

// supporters reports a search for people who work in support: their events stand apart from those for residents.
func (a asked) supporters() bool { return a.filter.Audience == "supporter" }

// The positions of pages are sealed together with the conditions they were found under.
func (s *Site) seal(a asked, at event.Position) string {
	plain := binary.BigEndian.AppendUint64(nil, uint64(at.StartsAt.UnixMicro()))
	return s.cursors.Seal(append(plain, at.Occurrence[:]...), "events", a.typed.Encode())
}

func (s *Site) open(a asked, cursor string) (event.Position, error) {
	plain, err := s.cursors.Open(cursor, "events", a.typed.Encode())
	if err != nil {
		return event.Position{}, err
	}
	if len(plain) != 8+len(uuid.UUID{}) {
		return event.Position{}, secret.ErrCursor
	}
	at := event.Position{StartsAt: time.UnixMicro(int64(binary.BigEndian.Uint64(plain)))} //nolint:gosec // written by seal
	copy(at.Occurrence[:], plain[8:])
	return at, nil
}

// filter is the form with what was asked.
func (p painter) filter(a asked) filterView {
	var towns []option
	for _, o := range p.view.Organizations() {
		if o.Kind == organization.Municipality {
			towns = append(towns, option{Value: o.Slug, Label: o.Name})
		}
	}
	var audiences, kinds []option
	for _, t := range event.AudienceTags {
		switch t {
		case "anyone", "partner_group", "supporter":
			if a.filter.Audience != t {
				continue // the first finds nothing that "all" does not; the others have a page of their own
			}
		}
		audiences = append(audiences, option{Value: string(t), Label: label(p.words, "audience", t)})
	}
	for _, k := range event.Kinds {
		kinds = append(kinds, option{Value: string(k), Label: label(p.words, "kind", k)})
	}
	v := filterView{
		From: input{ID: "from", Name: "from", Type: "date", Label: "この日から"},
		To:   input{ID: "to", Name: "to", Type: "date", Label: "この日まで"},
		Q:    input{ID: "q", Name: "q", Type: "search", Label: "言葉でさがす", Max: maxQuery},
		Area: selectField{ID: "area", Name: "area", Label: "エリア", Options: chosen("どこでも", towns, a.value("area"))},
		Exclude: selectField{
			ID: "exclude", Name: "exclude_organization", Label: "住んでいる町を除く", Hint: "知っている人に会いたくないときに。どの町を除いたかは記録しません。",
			Options: chosen("除かない", towns, a.value("exclude_organization")),
		},
		Audience: selectField{ID: "audience", Name: "audience", Label: "対象", Options: chosen("すべて", audiences, a.value("audience"))},
		Kind:     selectField{ID: "kind", Name: "kind", Label: "集まりの種類", Options: chosen("すべて", kinds, a.value("kind"))},
		Place: choices{ID: "place", Name: "place", Label: "開催方法", Options: chosen("すべて", []option{
			{Value: "in_person", Label: "会場"}, {Value: "online", Label: "オンライン"},
		}, a.value("place"))},
		Reservation: choices{ID: "reservation", Name: "reservation", Label: "予約", Options: chosen("すべて", []option{
			{Value: "none", Label: "予約不要"}, {Value: "seat", Label: "席をとる"}, {Value: "slot", Label: "相談枠"}, {Value: "lottery", Label: "抽選"},
		}, a.value("reservation"))},
		Open: len(a.faults) > 0,
	}
	for _, in := range []*input{&v.From, &v.To, &v.Q} {
		in.Value, in.Error = echoed(a.value(in.Name)), a.faults[in.Name]
	}
	for _, sel := range []*selectField{&v.Area, &v.Exclude, &v.Audience, &v.Kind} {
		sel.Error = a.faults[sel.Name]
	}
	for _, name := range []string{"organization", "partnership"} {
		if a.value(name) != "" && a.faults[name] == "" {
			v.Hidden = append(v.Hidden, option{Label: name, Value: a.value(name)})
		}
	}
	return v
}

// chosen puts "no condition" first and marks what was asked.
func chosen(none string, options []option, value string) []option {
	all := append([]option{{Label: none}}, options...)
	at := max(0, slices.IndexFunc(all, func(o option) bool { return o.Value == value }))
	all[at].Selected = true
	return all
}

// errors are the lines of the summary, each leading to its control.
func (a asked) errors(v filterView) []fieldError {
	controls := map[string][2]string{
		"from": {v.From.ID, v.From.Label}, "to": {v.To.ID, v.To.Label}, "q": {v.Q.ID, v.Q.Label}, "area": {v.Area.ID, v.Area.Label},
		"exclude_organization": {v.Exclude.ID, v.Exclude.Label}, "audience": {v.Audience.ID, v.Audience.Label}, "kind": {v.Kind.ID, v.Kind.Label},
		"place": {v.Place.ID + "-0", v.Place.Label}, "reservation": {v.Reservation.ID + "-0", v.Reservation.Label},
		"organization": {"", "団体"}, "partnership": {"", "広域連携"},
	}
	var lines []fieldError
	for _, name := range conditions {
		if fault := a.faults[name]; fault != "" {
			lines = append(lines, fieldError{ID: controls[name][0], Text: controls[name][1] + "：" + fault})
		}
	}
	return lines
}

// chips name each condition in force, with the way to take it away.
func (p painter) chips(a asked) []link {
	name := func(slug string) string {
		o, _ := p.view.BySlug(slug) // known: the request had no faults
		return o.Name
	}
	var chips []link
	for _, condition := range conditions {
		v := a.value(condition)
		if v == "" {
			continue
		}
		var words string
		switch condition {
		case "from":
			words = dayText(clock.DateOf(*a.filter.From), p.today) + "から"
		case "to":
			words = dayText(clock.DateOf(*a.filter.To).AddDays(-1), p.today) + "まで"
		case "organization", "area":
			words = name(v)
		case "partnership":
			agreed, _ := p.view.Partnership(v)
			words = agreed.Name
		case "exclude_organization":
			words = name(v) + "を除く"
		case "q":
			words = fmt.Sprintf("「%s」", a.filter.Query)
		default:
			words = label(p.words, condition, v)
		}
		chips = append(chips, link{Href: a.address(condition), Text: words})
	}
	return chips
}
