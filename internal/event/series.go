package event

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// Choose says how a rule's candidates become dates.
type Choose string

// How dates are chosen.
const (
	ChooseEvery Choose = "every" // every candidate becomes an occurrence
	ChooseOne   Choose = "one"   // a person picks one candidate for each month: 第3または第4土曜日
	ChooseFree  Choose = "free"  // a person names the dates: 不定期
)

// Series is a rule plus month-by-month decisions. It belongs to one event and yields that event's occurrences.
type Series struct {
	ID         uuid.UUID
	EventID    uuid.UUID
	Rule       string // RFC 5545 RRULE value without DTSTART that gives the candidates of a month, "" when Choose is free
	RuleText   string // in words, for people: 毎月 第3または第4土曜日の午後
	Choose     Choose
	Template   Template
	FirstMonth clock.Date
	LastMonth  *clock.Date
	Months     []Month // decided ones, oldest first
}

// Month is the decision for one month.
type Month struct {
	Month    clock.Date // its first day
	Decision MonthDecision
	Dates    []clock.Date
}

// MonthDecision is what was decided for a month.
type MonthDecision string

// The decisions; a month without one is still open (日程調整中).
const (
	MonthDates   MonthDecision = "dates"
	MonthSkipped MonthDecision = "skipped"
)

// Template is what every occurrence of a series has, with times of day in Asia/Tokyo as HH:MM.
type Template struct {
	StartsTime string         `json:"starts_time" validate:"required,time_of_day"`
	EndsTime   string         `json:"ends_time" validate:"required,time_of_day"`
	Place      Place          `json:"place"`
	Note       string         `json:"note" validate:"max=2000,paragraphs"`
	Parts      []PartTemplate `json:"parts" validate:"max=20,dive"`
}

// PartTemplate is a part without a date. With no parts, an occurrence gets one that needs no reservation.
type PartTemplate struct {
	Name             string       `json:"name" validate:"max=200,line"`
	Description      string       `json:"description" validate:"max=4000,paragraphs"`
	StartsTime       string       `json:"starts_time" validate:"omitempty,time_of_day"`
	EndsTime         string       `json:"ends_time" validate:"omitempty,time_of_day"`
	PlaceNote        string       `json:"place_note" validate:"max=300,line"`
	Audience         string       `json:"audience" validate:"max=500,line"`
	Reservation      Reservation  `json:"reservation" validate:"required,oneof=none seat slot lottery"`
	Sitting          string       `json:"sitting" validate:"max=100,line"`
	OpensDaysBefore  *int         `json:"opens_days_before" validate:"omitempty,min=0,max=400"`
	ClosesDaysBefore *int         `json:"closes_days_before" validate:"omitempty,min=0,max=400"`
	DrawsDaysBefore  *int         `json:"draws_days_before" validate:"omitempty,min=0,max=400"` // of a lottery, at noon; nil: as soon as registration has closed
	WaitingList      bool         `json:"waiting_list"`
	Quotas           []QuotaInput `json:"quotas" validate:"max=20,dive"`
	Booths           []BoothInput `json:"booths" validate:"max=60,dive"` // the tables, without ids; their slots are laid out date by date
}

// On gives the template's occurrence on a day.
func (t Template) On(day clock.Date) OccurrenceInput {
	at := func(hhmm string, fallback time.Time) time.Time {
		clockTime, err := time.Parse("15:04", hhmm)
		if err != nil {
			return fallback // "" means as the occurrence; anything else was refused by validation
		}
		return day.At(clockTime.Hour(), clockTime.Minute())
	}
	o := OccurrenceInput{StartsAt: at(t.StartsTime, time.Time{}), EndsAt: at(t.EndsTime, time.Time{}), Place: t.Place, Note: t.Note}
	for _, p := range t.Parts {
		starts, ends := at(p.StartsTime, o.StartsAt), at(p.EndsTime, o.EndsAt)
		part := PartInput{
			Name: p.Name, Description: p.Description, StartsAt: &starts, EndsAt: &ends, PlaceNote: p.PlaceNote, Audience: p.Audience,
			Reservation: p.Reservation, Sitting: p.Sitting, Quotas: p.Quotas, WaitingList: p.WaitingList, Booths: p.Booths,
		}
		if p.OpensDaysBefore != nil {
			opens := day.AddDays(-*p.OpensDaysBefore).At(0, 0)
			part.OpensAt = &opens
		}
		if p.ClosesDaysBefore != nil {
			// until the end of that day
			closes := day.AddDays(1-*p.ClosesDaysBefore).At(0, 0)
			if closes.After(ends) {
				closes = ends
			}
			part.ClosesAt = &closes
		}
		if p.DrawsDaysBefore != nil {
			draws := day.AddDays(-*p.DrawsDaysBefore).At(12, 0)
			part.DrawsAt = &draws
		}
		o.Parts = append(o.Parts, part)
	}
	return o
}
