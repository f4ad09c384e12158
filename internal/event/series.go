package event

import (
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/recurrence"
)

// Choose says how a rule's candidates become dates.
type Choose string

// How dates are chosen.
const (
	ChooseEvery Choose = "every" // every candidate becomes an occurrence
	ChooseOne   Choose = "one"   // a person picks one candidate for each month: 第3または第4土曜日
	ChooseFree  Choose = "free"  // a person names the dates: 不定期
)

// Series is a rule plus month-by-month decisions. It belongs to one event and yields that event's
// occurrences.
type Series struct {
	ID      uuid.UUID
	EventID uuid.UUID
	// RFC 5545 RRULE value without DTSTART that gives the candidates of a month, "" when Choose is
	// free
	Rule       string
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

// MonthChoice is what staff decide for a month of a series: dates, or that there is none.
type MonthChoice struct {
	Dates   []clock.Date
	Skipped bool
}

// Template is what every occurrence of a series has, with times of day in Asia/Tokyo as HH:MM.
type Template struct {
	StartsTime string         `json:"starts_time" validate:"required,time_of_day"`
	EndsTime   string         `json:"ends_time"   validate:"required,time_of_day"`
	Place      Place          `json:"place"`
	Note       string         `json:"note"        validate:"max=2000,paragraphs"`
	Parts      []PartTemplate `json:"parts"       validate:"max=20,dive"`
}

// PartTemplate is a part without a date. With no parts, an occurrence gets one that needs no
// reservation.
type PartTemplate struct {
	Name             string      `json:"name"               validate:"max=200,line"`
	Description      string      `json:"description"        validate:"max=4000,paragraphs"`
	StartsTime       string      `json:"starts_time"        validate:"omitempty,time_of_day"`
	EndsTime         string      `json:"ends_time"          validate:"omitempty,time_of_day"`
	PlaceNote        string      `json:"place_note"         validate:"max=300,line"`
	Audience         string      `json:"audience"           validate:"max=500,line"`
	Reservation      Reservation `json:"reservation"        validate:"required,oneof=none seat slot lottery"`
	Sitting          string      `json:"sitting"            validate:"max=100,line"`
	OpensDaysBefore  *int        `json:"opens_days_before"  validate:"omitempty,min=0,max=400"`
	ClosesDaysBefore *int        `json:"closes_days_before" validate:"omitempty,min=0,max=400"`
	// of a lottery, at noon; nil: as soon as registration has closed
	DrawsDaysBefore *int         `json:"draws_days_before" validate:"omitempty,min=0,max=400"`
	WaitingList     bool         `json:"waiting_list"`
	Quotas          []QuotaInput `json:"quotas"            validate:"max=20,dive"`
	// the tables, without ids; their slots are laid out date by date
	Booths []BoothInput `json:"booths" validate:"max=60,dive"`
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
	o := OccurrenceInput{
		StartsAt: at(t.StartsTime, time.Time{}),
		EndsAt:   at(t.EndsTime, time.Time{}),
		Place:    t.Place,
		Note:     t.Note,
	}
	for _, p := range t.Parts {
		starts, ends := at(p.StartsTime, o.StartsAt), at(p.EndsTime, o.EndsAt)
		part := PartInput{
			Name:        p.Name,
			Description: p.Description,
			StartsAt:    &starts,
			EndsAt:      &ends,
			PlaceNote:   p.PlaceNote,
			Audience:    p.Audience,
			Reservation: p.Reservation,
			Sitting:     p.Sitting,
			Quotas:      p.Quotas,
			WaitingList: p.WaitingList,
			Booths:      p.Booths,
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

const (
	// monthsAhead is how far open months are looked for, and within how many months of its first a
	// rule must fall on a day.
	monthsAhead = 24
	mostRest    = 12 // the largest INTERVAL
)

// checkRule judges the rule of a series that starts in a month: it repeats by years, months or
// weeks and falls on a day before long. "" when it may stand, otherwise the code of what is wrong.
func checkRule(text string, first clock.Date) (code string) {
	r, err := recurrence.Parse(text)
	if err != nil || r.Frequency == recurrence.Daily || r.Interval < 1 || r.Interval > mostRest {
		return "rule_not_monthly"
	}
	if len(r.Between(first, first, addMonths(first, monthsAhead).AddDays(-1))) == 0 {
		return "rule_never_falls"
	}
	return ""
}

// Candidates gives the days of the month that the series' rule offers, oldest first; none when a
// person names the dates.
func (s *Series) Candidates(month clock.Date) []clock.Date {
	return s.candidates(month, 1)
}

// candidates gives those of so many months from the month on.
func (s *Series) candidates(month clock.Date, months int) []clock.Date {
	if s.Rule == "" {
		return nil
	}
	rule, err := recurrence.Parse(s.Rule)
	if err != nil {
		return nil // refused when it was entered
	}
	return rule.Between(s.FirstMonth, month, addMonths(month, months).AddDays(-1))
}

// covers reports whether the series runs in that month.
func (s *Series) covers(month clock.Date) bool {
	return !month.Before(s.FirstMonth) && (s.LastMonth == nil || !s.LastMonth.Before(month))
}

// OpenMonths gives the first n months from the month of today on that are not decided yet.
func (s *Series) OpenMonths(today clock.Date, n int) []clock.Date {
	decided := map[clock.Date]bool{}
	for _, m := range s.Months {
		decided[m.Month] = true
	}
	month := clock.NewDate(today.Year, today.Month, 1)
	if month.Before(s.FirstMonth) {
		month = s.FirstMonth
	}
	offered := map[clock.Date]bool{}
	for _, d := range s.candidates(month, monthsAhead) {
		offered[clock.NewDate(d.Year, d.Month, 1)] = true
	}
	var open []clock.Date
	for range monthsAhead {
		if !s.covers(month) || len(open) == n {
			break
		}
		if !decided[month] && (s.Rule == "" || offered[month]) {
			open = append(open, month)
		}
		month = addMonths(month, 1)
	}
	return open
}

// addMonths gives the first day of a month so many months later.
func addMonths(month clock.Date, n int) clock.Date {
	return clock.DateOf(month.At(0, 0).AddDate(0, n, 0))
}

// allowed judges a month's choice against the series.
func (s *Series) allowed(month clock.Date, choice MonthChoice) error {
	if !s.covers(month) {
		return ErrMonthOutside
	}
	if choice.Skipped {
		if len(choice.Dates) > 0 {
			return ErrInvalid.Field("dates", "unknown_value")
		}
		return nil
	}
	if len(choice.Dates) == 0 {
		return ErrInvalid.Field("dates", "required")
	}
	if len(choice.Dates) > 31 {
		return ErrInvalid.Field("dates", "too_many")
	}
	if s.Choose == ChooseOne && len(choice.Dates) != 1 {
		return ErrChooseOne
	}
	offered, seen := map[clock.Date]bool{}, map[clock.Date]bool{}
	for _, d := range s.Candidates(month) {
		offered[d] = true
	}
	for _, d := range choice.Dates {
		if d.Year != month.Year || d.Month != month.Month {
			return ErrMonthOutside
		}
		if seen[d] {
			return ErrInvalid.Field("dates", "twice")
		}
		seen[d] = true
		// A rule without named days (five times a year, in these months) leaves the day to the
		// person.
		if s.Choose != ChooseFree && !offered[d] {
			return ErrDateNotOffered
		}
	}
	return nil
}
