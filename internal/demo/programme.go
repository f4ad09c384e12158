package demo

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

//go:embed organizations.yaml
var organizationsFile []byte

//go:embed programmes.yaml
var programmesFile []byte

// marked is the last line of every description.
const marked = "※デモ用の掲載です。日時と、会場や定員の一部は、実際のものではありません。"

// Programme is one entry of programmes.yaml.
type Programme struct {
	ID    string      `json:"id"`
	Owner string      `json:"owner"` // slug
	Event event.Input `json:"event"`

	Dates   *dates      `json:"dates"`
	Series  *series     `json:"series"`
	Example *example    `json:"example"`
	Attend  *attendance `json:"attend"`
	Past    *past       `json:"past"`
}

type dates struct {
	On       days          `json:"on"`
	Upcoming int           `json:"upcoming"`
	Notice   int           `json:"notice"`
	Places   []event.Place `json:"places"`
	Day      day           `json:"day"`
}

// day is an occurrence without its date.
type day struct {
	Doors  string `json:"doors"`
	Starts string `json:"starts"`
	Ends   string `json:"ends"`
	Parts  []part `json:"parts"`
}

type part struct {
	Name             string                  `json:"name"`
	Description      string                  `json:"description"`
	Starts           string                  `json:"starts"`
	Ends             string                  `json:"ends"`
	PlaceNote        string                  `json:"place_note"`
	Audience         string                  `json:"audience"`
	Reservation      event.Reservation       `json:"reservation"`
	WaitingList      bool                    `json:"waiting_list"`
	Sitting          string                  `json:"sitting"`
	ClosesDaysBefore *int                    `json:"closes_days_before"` // at the end of that day
	DrawsDaysBefore  *int                    `json:"draws_days_before"`  // at ten o'clock
	Quotas           []event.QuotaInput      `json:"quotas"`
	Booths           []event.BoothInput      `json:"booths"`
	Slots            *slots                  `json:"slots"`
	JoiningLink      *event.JoiningLinkInput `json:"joining_link"`
}

type series struct {
	Rule     string         `json:"rule"`
	RuleText string         `json:"rule_text"`
	Choose   event.Choose   `json:"choose"`
	Template event.Template `json:"template"`
	Parts    []part         `json:"parts"`
	Decide   struct {
		On     days `json:"on"`
		Months int  `json:"months"`
	} `json:"decide"`
}

// example names which upcoming date, counted from 1, shows what a change looks like.
type example struct {
	Cancelled int    `json:"cancelled"`
	Moved     int    `json:"moved"`
	Postponed int    `json:"postponed"`
	Text      string `json:"text"`
}

// Roster gives the organizations and partnerships.
func Roster() (organization.Roster, error) {
	return organization.ReadRoster(bytes.NewReader(organizationsFile))
}

// Programmes gives every programme.
func Programmes() ([]Programme, error) {
	// By way of JSON, so that the file has the names of the staff API.
	var plain any
	if err := yaml.Unmarshal(programmesFile, &plain); err != nil {
		return nil, fmt.Errorf("read programmes: %w", err)
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, fmt.Errorf("read programmes: %w", err)
	}
	var file struct {
		Programmes []Programme `json:"programmes"`
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("read programmes: %w", err)
	}
	for i := range file.Programmes {
		e := &file.Programmes[i].Event
		if e.Description != "" {
			e.Description += "\n\n"
		}
		e.Description += marked
	}
	return file.Programmes, nil
}

// missing gives the dates that an event with these occurrences still lacks.
func (d *dates) missing(now []event.Occurrence, today clock.Date) ([]event.OccurrenceInput, error) {
	known, ahead := map[clock.Date]bool{}, 0
	for _, o := range now {
		announced := o.StartsAt
		if o.MovedFrom != nil {
			announced = *o.MovedFrom
		}
		day := clock.DateOf(announced)
		known[day] = true
		if day.After(today) {
			ahead++
		}
	}
	var inputs []event.OccurrenceInput
	for _, day := range d.On.from(today.AddDays(d.Notice), d.Upcoming) {
		if ahead >= d.Upcoming {
			break
		}
		if known[day] {
			continue
		}
		o, err := d.Day.on(day, d.Places[turn(day, len(d.Places))])
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, o)
		ahead++
	}
	return inputs, nil
}

func (d *day) on(date clock.Date, place event.Place) (event.OccurrenceInput, error) {
	t := times{day: date}
	o := event.OccurrenceInput{StartsAt: *t.at(d.Starts), EndsAt: *t.at(d.Ends), DoorsAt: t.at(d.Doors), Place: place}
	for _, p := range d.Parts {
		in := event.PartInput{
			Name:        p.Name,
			Description: p.Description,
			StartsAt:    t.at(p.Starts),
			EndsAt:      t.at(p.Ends),
			PlaceNote:   p.PlaceNote,
			Audience:    p.Audience,
			Reservation: p.Reservation,
			Sitting:     p.Sitting,
			WaitingList: p.WaitingList,
			Quotas:      slices.Clone(p.Quotas),
			Booths:      slices.Clone(p.Booths),
		}
		if p.ClosesDaysBefore != nil {
			closes := date.AddDays(1 - *p.ClosesDaysBefore).Start()
			in.ClosesAt = &closes
		}
		if p.DrawsDaysBefore != nil {
			draws := date.AddDays(-*p.DrawsDaysBefore).At(10, 0)
			in.DrawsAt = &draws
		}
		if p.JoiningLink != nil {
			link := *p.JoiningLink
			in.JoiningLink = &link
		}
		o.Parts = append(o.Parts, in)
	}
	return o, t.err
}

// times turns times of day into instants; nil for none.
type times struct {
	day clock.Date
	err error
}

func (t *times) at(hhmm string) *time.Time {
	if hhmm == "" {
		return nil
	}
	parsed, err := time.Parse("15:04", hhmm)
	if err != nil {
		t.err = fmt.Errorf("read programmes: %q is no time of day", hhmm)
	}
	at := t.day.At(parsed.Hour(), parsed.Minute())
	return &at
}

// undecided gives the months to settle, each with its dates.
func (s *series) undecided(now *event.Series, today clock.Date) []event.MonthChoice {
	decided := map[clock.Date]bool{}
	if now != nil {
		for _, m := range now.Months {
			decided[m.Month] = true
		}
	}
	var choices []event.MonthChoice
	for _, day := range s.Decide.On.from(today.AddDays(1), s.Decide.Months) {
		if !decided[firstOfMonth(day)] {
			choices = append(choices, event.MonthChoice{Dates: []clock.Date{day}})
		}
	}
	return choices
}

func (s *series) input(first clock.Date) event.SeriesInput {
	return event.SeriesInput{
		Rule:       s.Rule,
		RuleText:   s.RuleText,
		Choose:     s.Choose,
		Template:   s.Template,
		FirstMonth: firstOfMonth(first).String()[:len("2006-01")],
	}
}
