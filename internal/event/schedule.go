package event

import (
	"time"

	"github.com/teambition/rrule-go"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// candidateRule says whether a rule yields days within months: FREQ=MONTHLY or YEARLY, no COUNT or UNTIL, whole days.
func candidateRule(o *rrule.ROption) bool {
	return (o.Freq == rrule.MONTHLY || o.Freq == rrule.YEARLY || o.Freq == rrule.WEEKLY) && o.Count == 0 && o.Until.IsZero() && o.Dtstart.IsZero() &&
		len(o.Byhour) == 0 && len(o.Byminute) == 0 && len(o.Bysecond) == 0 && o.Interval <= 12
}

// Candidates gives the days of the month that the series' rule offers, oldest first; none when a person names the dates.
func (s *Series) Candidates(month clock.Date) []clock.Date {
	if s.Rule == "" {
		return nil
	}
	option, err := rrule.StrToROption(s.Rule)
	if err != nil {
		return nil // refused when it was entered
	}
	first := month.At(0, 0)
	option.Dtstart = s.FirstMonth.At(0, 0)
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		return nil
	}
	var days []clock.Date
	for _, t := range rule.Between(first, first.AddDate(0, 1, 0).Add(-time.Second), true) {
		days = append(days, clock.DateOf(t))
	}
	return days
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
	var open []clock.Date
	for range 24 {
		if !s.covers(month) || len(open) == n {
			break
		}
		if !decided[month] && (s.Rule == "" || len(s.Candidates(month)) > 0) {
			open = append(open, month)
		}
		month = nextMonth(month)
	}
	return open
}

func nextMonth(d clock.Date) clock.Date {
	return clock.DateOf(d.At(0, 0).AddDate(0, 1, 0))
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
