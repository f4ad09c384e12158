package event

import (
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/recurrence"
)

const (
	// monthsAhead is how far open months are looked for, and within how many months of its first a rule must fall on a day.
	monthsAhead = 24
	mostRest    = 12 // the largest INTERVAL
)

// checkRule judges the rule of a series that starts in a month: it repeats by years, months or weeks and falls on a day
// before long. "" when it may stand, otherwise the code of what is wrong.
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

// Candidates gives the days of the month that the series' rule offers, oldest first; none when a person names the dates.
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
		// A rule without named days (five times a year, in these months) leaves the day to the person.
		if s.Choose != ChooseFree && !offered[d] {
			return ErrDateNotOffered
		}
	}
	return nil
}
