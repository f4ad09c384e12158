package events

import (
	"encoding/binary"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// filterView is the search form as the list page and the home page have it.
type filterView struct {
	From, To, Q                   page.Input
	Area, Exclude, Audience, Kind page.SelectField
	Place, Reservation            page.Choices
	Hidden                        []page.Option // conditions that came by a link: Value under the name Label
	Open                          bool
}

// The conditions a list can have, in the order in which chips show them.
var conditions = []string{
	"from",
	"to",
	"organization",
	"partnership",
	"area",
	"exclude_organization",
	"audience",
	"kind",
	"place",
	"reservation",
	"q",
}

const maxQuery = 100

// asked is a list request: as typed, as understood, and what could not be.
type asked struct {
	typed  url.Values // one non-empty value a condition
	filter search.Filter
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
func (p viewBuilder) ask(query url.Values) asked {
	a := asked{typed: url.Values{}, faults: map[string]string{}}
	for _, name := range conditions {
		if v := strings.TrimSpace(query.Get(name)); v != "" {
			a.typed.Set(name, v)
		}
	}
	wrong := func(name, code string, params map[string]any) { a.faults[name] = p.Words.Field(code, params) }
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
		a.filter.NotEnded = from == p.Today // nobody can go to what is over; who asks for days that are past sees them
	} else {
		from = p.Today
	}
	if to, ok := day("to"); ok {
		t := to.AddDays(1).Start()
		a.filter.To = &t
		if to.Before(from) {
			wrong("to", "times_out_of_order", nil)
		}
	}
	for _, name := range []string{"organization", "exclude_organization", "area"} {
		if _, err := p.Directory.BySlug(a.value(name)); err != nil && a.value(name) != "" {
			a.faults[name] = p.Words.Problem("organization_not_found", nil)
		}
	}
	a.filter.Organization, a.filter.ExcludeOrganization = a.value("organization"), a.value("exclude_organization")
	if town, err := p.Directory.BySlug(a.value("area")); err == nil {
		a.filter.Area = town.Code
		if town.Code == "" {
			wrong("area", "unknown_value", nil)
		}
	}
	if _, err := p.Directory.Partnership(a.value("partnership")); err != nil && a.value("partnership") != "" {
		a.faults["partnership"] = p.Words.Problem("partnership_not_found", nil)
	}
	a.filter.Partnership = a.value("partnership")
	a.filter.Audience = event.AudienceTag(
		known("audience", slices.Contains(event.AudienceTags, event.AudienceTag(a.value("audience")))),
	)
	a.filter.Kind = event.Kind(known("kind", slices.Contains(event.Kinds, event.Kind(a.value("kind")))))
	a.filter.Place = event.PlaceKind(known("place", slices.Contains(placeKinds, event.PlaceKind(a.value("place")))))
	a.filter.Reservation = event.Reservation(
		known("reservation", slices.Contains(event.Reservations, event.Reservation(a.value("reservation")))),
	)
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

// supporters reports a search for people who work in support: their events stand apart from those
// for residents.
func (a asked) supporters() bool { return a.filter.Audience == "supporter" }

// The positions of pages are sealed together with the conditions they were found under.
func (h *Handlers) seal(a asked, at search.Position) string {
	plain := binary.BigEndian.AppendUint64(nil, uint64(at.StartsAt.UnixMicro()))
	return h.cursors.Seal(append(plain, at.Occurrence[:]...), "events", a.typed.Encode())
}

func (h *Handlers) open(a asked, cursor string) (search.Position, error) {
	plain, err := h.cursors.Open(cursor, "events", a.typed.Encode())
	if err != nil {
		return search.Position{}, err
	}
	if len(plain) != 8+len(uuid.UUID{}) {
		return search.Position{}, secret.ErrCursor
	}
	micros := int64(binary.BigEndian.Uint64(plain)) //nolint:gosec // written by seal
	at := search.Position{StartsAt: time.UnixMicro(micros)}
	copy(at.Occurrence[:], plain[8:])
	return at, nil
}

// filter is the form with what was asked.
func (p viewBuilder) filter(a asked) filterView {
	var towns []page.Option
	for _, o := range p.Directory.Organizations() {
		if o.Kind == organization.Municipality {
			towns = append(towns, page.Option{Value: o.Slug, Label: o.Name})
		}
	}
	var audiences, kinds []page.Option
	for _, t := range event.AudienceTags {
		switch t {
		case "anyone", "partner_group", "supporter":
			if a.filter.Audience != t {
				continue // the first finds nothing that "all" does not; the others have a page of their own
			}
		}
		audiences = append(audiences, page.Option{Value: string(t), Label: page.Label(p.Words, "audience", t)})
	}
	for _, k := range event.Kinds {
		kinds = append(kinds, page.Option{Value: string(k), Label: page.Label(p.Words, "kind", k)})
	}
	v := filterView{
		From: page.Input{ID: "from", Name: "from", Type: "date", Label: p.Text("events.filter.from")},
		To:   page.Input{ID: "to", Name: "to", Type: "date", Label: p.Text("events.filter.to")},
		Q:    page.Input{ID: "q", Name: "q", Type: "search", Label: p.Text("events.filter.q"), Max: maxQuery},
		Area: page.SelectField{
			ID:      "area",
			Name:    "area",
			Label:   p.Text("events.filter.area"),
			Options: page.Chosen(p.Text("events.filter.anywhere"), towns, a.value("area")),
		},
		Exclude: page.SelectField{
			ID:      "exclude",
			Name:    "exclude_organization",
			Label:   p.Text("events.filter.exclude"),
			Hint:    p.Text("events.filter.exclude_hint"),
			Options: page.Chosen(p.Text("events.filter.exclude_none"), towns, a.value("exclude_organization")),
		},
		Audience: page.SelectField{
			ID:      "audience",
			Name:    "audience",
			Label:   p.Text("events.filter.audience"),
			Options: page.Chosen(p.Text("events.filter.all"), audiences, a.value("audience")),
		},
		Kind: page.SelectField{
			ID:      "kind",
			Name:    "kind",
			Label:   p.Text("events.filter.kind"),
			Options: page.Chosen(p.Text("events.filter.all"), kinds, a.value("kind")),
		},
		Place: page.Choices{
			ID:    "place",
			Name:  "place",
			Label: p.Text("events.filter.place"),
			Options: page.Chosen(p.Text("events.filter.all"), []page.Option{
				{Value: "in_person", Label: p.Text("events.filter.in_person")},
				{Value: "online", Label: p.Text("events.filter.online")},
			}, a.value("place")),
		},
		Reservation: page.Choices{
			ID:    "reservation",
			Name:  "reservation",
			Label: p.Text("events.filter.reservation"),
			Options: page.Chosen(p.Text("events.filter.all"), []page.Option{
				{
					Value: "none",
					Label: p.Text("events.filter.no_booking"),
				},
				{Value: "seat", Label: p.Text("events.filter.seat")},
				{Value: "slot", Label: p.Text("events.filter.slot")},
				{Value: "lottery", Label: p.Text("events.filter.lottery")},
			}, a.value("reservation")),
		},
		Open: len(a.faults) > 0,
	}
	for _, in := range []*page.Input{&v.From, &v.To, &v.Q} {
		in.Value, in.Error = page.Echoed(a.value(in.Name)), a.faults[in.Name]
	}
	for _, sel := range []*page.SelectField{&v.Area, &v.Exclude, &v.Audience, &v.Kind} {
		sel.Error = a.faults[sel.Name]
	}
	for _, name := range []string{"organization", "partnership"} {
		if a.value(name) != "" && a.faults[name] == "" {
			v.Hidden = append(v.Hidden, page.Option{Label: name, Value: a.value(name)})
		}
	}
	return v
}

// filterErrors are the lines of the summary, each leading to its control.
func (p viewBuilder) filterErrors(a asked, v filterView) []page.FieldError {
	controls := map[string][2]string{
		"from": {
			v.From.ID,
			v.From.Label,
		},
		"to":   {v.To.ID, v.To.Label},
		"q":    {v.Q.ID, v.Q.Label},
		"area": {v.Area.ID, v.Area.Label},
		"exclude_organization": {
			v.Exclude.ID,
			v.Exclude.Label,
		},
		"audience":     {v.Audience.ID, v.Audience.Label},
		"kind":         {v.Kind.ID, v.Kind.Label},
		"place":        {v.Place.ID + "-0", v.Place.Label},
		"reservation":  {v.Reservation.ID + "-0", v.Reservation.Label},
		"organization": {"", p.Text("events.filter.organization")},
		"partnership":  {"", p.Text("events.filter.partnership")},
	}
	var lines []page.FieldError
	for _, name := range conditions {
		if fault := a.faults[name]; fault != "" {
			lines = append(lines, page.FieldError{ID: controls[name][0], Text: controls[name][1] + "：" + fault})
		}
	}
	return lines
}

// chips name each condition in force, with the way to take it away.
func (p viewBuilder) chips(a asked) []page.Link {
	name := func(slug string) string {
		o, _ := p.Directory.BySlug(slug) // known: the request had no faults
		return o.Name
	}
	var chips []page.Link
	for _, condition := range conditions {
		v := a.value(condition)
		if v == "" {
			continue
		}
		var words string
		switch condition {
		case "from":
			words = p.Text("events.chip.from", "day", page.DayText(clock.DateOf(*a.filter.From), p.Today))
		case "to":
			words = p.Text("events.chip.to", "day", page.DayText(clock.DateOf(*a.filter.To).AddDays(-1), p.Today))
		case "organization", "area":
			words = name(v)
		case "partnership":
			agreed, _ := p.Directory.Partnership(v)
			words = agreed.Name
		case "exclude_organization":
			words = p.Text("events.chip.without", "name", name(v))
		case "q":
			words = p.Text("events.chip.q", "words", a.filter.Query)
		default:
			words = page.Label(p.Words, condition, v)
		}
		chips = append(chips, page.Link{Href: a.address(condition), Text: words})
	}
	return chips
}
