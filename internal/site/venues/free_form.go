package venues

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/page"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// freeForm is the search form of free rooms.
type freeForm struct {
	Day, From, To, Capacity   page.Input
	Part                      page.Choices
	Area, Partnership, Layout page.SelectField
	Equipment, BarrierFree    checks
	Open                      bool
}

// checks are things of which any number can be chosen.
type checks struct {
	ID, Name, Label string
	Options         []page.Option
	Chosen          int
}

// The fields of the form; those at the end may come more than once.
var (
	freeFields = []string{"day", "part", "from", "to", "capacity", "area", "partnership", "layout"}
	freeLists  = []string{"equipment", "barrier_free"}
)

// freeAsked is a search: as typed, as understood, and what could not be.
type freeAsked struct {
	typed  url.Values
	query  board.FreeQuery
	faults map[string]string
}

// asked tells whether somebody looks for something, or has just come.
func (a freeAsked) asked() bool { return len(a.typed) > 0 }

// address is the search with some fields changed; an empty list takes one away.
func (a freeAsked) address(changes url.Values) string {
	q := maps.Clone(a.typed)
	for name, values := range changes {
		if q[name] = values; len(values) == 0 {
			delete(q, name)
		}
	}
	return "/rooms/free?" + q.Encode()
}

// askFree reads a search. Unknown names are ignored.
func (p viewBuilder) askFree(query url.Values) freeAsked {
	a := freeAsked{
		typed:  url.Values{},
		faults: map[string]string{},
		query:  board.FreeQuery{Capacity: 1, Limit: freePage},
	}
	for _, name := range freeFields {
		if v := strings.TrimSpace(query.Get(name)); v != "" {
			a.typed.Set(name, v)
		}
	}
	for _, name := range freeLists {
		for _, v := range query[name] {
			if v != "" && !slices.Contains(a.typed[name], v) {
				a.typed.Add(name, v)
			}
		}
	}
	if !a.asked() {
		return a
	}
	wrong := func(name, code string, params map[string]any) { a.faults[name] = p.Words.Field(code, params) }
	p.askFreeTime(&a, wrong)
	if v := a.typed.Get("capacity"); v != "" {
		n, err := strconv.Atoi(v)
		switch {
		case err != nil:
			a.faults["capacity"] = p.Words.T("board.number", nil)
		case n < 1:
			wrong("capacity", "too_small", map[string]any{"min": 1})
		case n > 100000:
			wrong("capacity", "too_large", map[string]any{"max": 100000})
		default:
			a.query.Capacity = n
		}
	}
	if v := a.typed.Get("area"); v != "" {
		if _, err := p.Directory.ByCode(v); err != nil || !organization.ValidCode(v) {
			wrong("area", "unknown_value", nil)
		}
		a.query.Areas = []string{v}
	}
	if v := a.typed.Get("partnership"); v != "" {
		if _, err := p.Directory.Partnership(v); err != nil {
			wrong("partnership", "unknown_value", nil)
		}
		a.query.Partnership = v
	}
	if a.query.Layout = a.typed.Get(
		"layout",
	); a.query.Layout != "" &&
		!slices.Contains(venue.LayoutKinds, a.query.Layout) {
		wrong("layout", "unknown_value", nil)
	}
	for _, v := range a.typed["equipment"] {
		if !slices.Contains(venue.EquipmentKinds, v) {
			wrong("equipment", "unknown_value", nil)
		}
		a.query.Equipment = append(a.query.Equipment, v)
	}
	for _, v := range a.typed["barrier_free"] {
		if !slices.Contains(venue.Facts, venue.Fact(v)) {
			wrong("barrier_free", "unknown_value", nil)
		}
		a.query.BarrierFree = append(a.query.BarrierFree, venue.Fact(v))
	}
	return a
}

// askFreeTime reads when: a day with a part of it, or from and to.
func (p viewBuilder) askFreeTime(a *freeAsked, wrong func(name, code string, params map[string]any)) {
	d, err := clock.ParseDate(a.typed.Get("day"))
	first, last := p.Today, clock.NewDate(p.Today.Year, p.Today.Month+boardMonthsAhead+1, 0)
	switch {
	case a.typed.Get("day") == "":
		wrong("day", "required", nil)
	case err != nil:
		wrong("day", "invalid_date", nil)
	case d.Before(first) || d.After(last):
		a.faults["day"] = p.Words.T(
			"board.too_far",
			map[string]any{"from": page.DayText(first, p.Today), "to": page.DayText(last, p.Today)},
		)
	}
	part := board.DayPart(a.typed.Get("part"))
	if part != "" && !part.Valid() {
		wrong("part", "unknown_value", nil)
		return
	}
	if part != "" {
		a.query.Day, a.query.Part = d, part
		a.typed.Del("from") // the part was chosen: what else was typed does not count, and does not look as if it did
		a.typed.Del("to")
		return
	}
	times := map[string]venue.TimeOfDay{}
	for _, name := range []string{"from", "to"} {
		switch t, err := venue.ParseTime(a.typed.Get(name)); {
		case a.typed.Get(name) == "":
			a.faults[name] = p.Words.T("board.time_missing", nil)
		case err != nil:
			a.faults[name] = p.Words.T("board.time", nil)
		default:
			times[name] = t
		}
	}
	if len(times) == 2 && times["from"] >= times["to"] {
		wrong("to", "times_out_of_order", nil)
	}
	if len(a.faults) > 0 {
		return
	}
	a.query.StartsAt, a.query.EndsAt = times["from"].On(d), times["to"].On(d)
	if !a.query.StartsAt.After(p.Now) {
		a.faults["from"] = p.Words.Problem(venue.BookingPast, nil)
	}
}

// freeForm is the form with what was asked.
func (p viewBuilder) freeForm(a freeAsked) freeForm {
	var towns, partnerships, layouts, parts []page.Option
	for _, o := range p.Directory.Organizations() {
		if o.Code != "" {
			towns = append(towns, page.Option{Value: o.Code, Label: o.Name})
		}
	}
	for _, x := range p.Directory.Partnerships() {
		partnerships = append(partnerships, page.Option{Value: x.Slug, Label: x.Name})
	}
	for _, k := range venue.LayoutKinds {
		layouts = append(layouts, page.Option{Value: k, Label: p.Words.T("venue.layout."+k, nil)})
	}
	for _, part := range board.DayParts {
		parts = append(parts, page.Option{Value: string(part), Label: p.Words.T("board.part."+string(part), nil)})
	}
	part := a.typed.Get("part")
	if !a.asked() {
		part = string(board.Afternoon)
	}
	f := freeForm{
		Day:  page.Input{ID: "day", Name: "day", Type: "date", Label: p.Text("venues.free.day")},
		From: page.Input{ID: "from", Name: "from", Type: "time", Label: p.Text("venues.free.from")},
		To:   page.Input{ID: "to", Name: "to", Type: "time", Label: p.Text("venues.free.to")},
		Capacity: page.Input{
			ID:    "capacity",
			Name:  "capacity",
			Type:  "number",
			Label: p.Text("venues.free.people"),
			Note:  p.Text("venues.free.people_note"),
		},
		Part: page.Choices{
			ID:      "part",
			Name:    "part",
			Label:   p.Text("venues.free.time"),
			Options: timesLast(page.Chosen(p.Text("venues.free.set_times"), parts, part)),
		},
		Area: page.SelectField{
			ID:      "area",
			Name:    "area",
			Label:   p.Text("venues.town"),
			Options: page.Chosen(p.Text("venues.all_towns"), towns, a.typed.Get("area")),
		},
		Partnership: page.SelectField{
			ID:      "partnership",
			Name:    "partnership",
			Label:   p.Text("venues.free.partnership"),
			Hint:    p.Text("venues.free.partnership_hint"),
			Options: page.Chosen(p.Text("venues.free.any_partnership"), partnerships, a.typed.Get("partnership")),
		},
		Layout: page.SelectField{
			ID:      "layout",
			Name:    "layout",
			Label:   p.Text("venues.free.layout"),
			Options: page.Chosen(p.Text("venues.free.any_layout"), layouts, a.typed.Get("layout")),
		},
		Equipment:   checks{ID: "equipment", Name: "equipment", Label: p.Text("venues.free.equipment")},
		BarrierFree: checks{ID: "barrier", Name: "barrier_free", Label: p.Text("venues.free.barrier_free")},
	}
	for _, k := range venue.EquipmentKinds {
		f.Equipment.add(k, p.Words.T("venue.equipment."+k, nil), a.typed["equipment"])
	}
	for _, k := range venue.Facts {
		f.BarrierFree.add(string(k), p.Words.T("venue.fact."+string(k), nil), a.typed["barrier_free"])
	}
	for _, in := range []*page.Input{&f.Day, &f.From, &f.To, &f.Capacity} {
		in.Value, in.Error = page.Echoed(a.typed.Get(in.Name)), a.faults[in.Name]
	}
	for _, s := range []*page.SelectField{&f.Area, &f.Partnership, &f.Layout} {
		s.Error = a.faults[s.Name]
	}
	f.Open = f.Equipment.Chosen+f.BarrierFree.Chosen > 0 || a.typed.Get("layout")+a.typed.Get("partnership") != "" ||
		len(a.faults) > 0
	return f
}

// timesLast puts the way that needs more fields behind the others.
func timesLast(all []page.Option) []page.Option { return append(all[1:], all[0]) }

func (c *checks) add(value, label string, chosen []string) {
	o := page.Option{Value: value, Label: label, Selected: slices.Contains(chosen, value)}
	if c.Options = append(c.Options, o); o.Selected {
		c.Chosen++
	}
}

// errors are the lines of the summary, each leading to its control.
func (a freeAsked) errors(f freeForm) []page.FieldError {
	controls := map[string][2]string{
		"day": {
			f.Day.ID,
			f.Day.Label,
		},
		"part":     {f.Part.ID + "-0", f.Part.Label},
		"from":     {f.From.ID, f.From.Label},
		"to":       {f.To.ID, f.To.Label},
		"capacity": {f.Capacity.ID, f.Capacity.Label},
		"area": {
			f.Area.ID,
			f.Area.Label,
		},
		"partnership": {f.Partnership.ID, f.Partnership.Label},
		"layout":      {f.Layout.ID, f.Layout.Label},
		"equipment": {
			f.Equipment.ID + "-0",
			f.Equipment.Label,
		},
		"barrier_free": {f.BarrierFree.ID + "-0", f.BarrierFree.Label},
	}
	var lines []page.FieldError
	for _, name := range slices.Concat(freeFields, freeLists) {
		if fault := a.faults[name]; fault != "" {
			lines = append(lines, page.FieldError{ID: controls[name][0], Text: controls[name][1] + "：" + fault})
		}
	}
	return lines
}
