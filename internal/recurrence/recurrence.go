package recurrence

import (
	"slices"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// Between gives the days from the one to the other, both included, on which the rule falls when it
// starts on start; none is before start. The work grows with the days between from and to and with
// nothing else.
func (r Rule) Between(start, from, to clock.Date) []clock.Date {
	if from.Before(start) {
		from = start
	}
	if to.Before(from) {
		return nil
	}
	r = r.startingOn(start)
	var found []clock.Date
	for first := r.periodOf(from); !first.After(to); first = r.next(first) {
		if r.periods(start, first)%max(r.Interval, 1) != 0 {
			continue
		}
		for _, d := range r.within(first, r.next(first)) {
			if !d.Before(from) && !d.After(to) {
				found = append(found, d)
			}
		}
	}
	return found
}

// FallsWithin reports whether the rule falls on any of the days from start on, as many as said.
func (r Rule) FallsWithin(start clock.Date, days int) bool {
	return len(r.Between(start, start, start.AddDays(days-1))) > 0
}

// startingOn takes from the first day what the rule leaves to it.
func (r Rule) startingOn(start clock.Date) Rule {
	if len(r.monthDays)+len(r.yearDays)+len(r.weeks)+len(r.weekdays) > 0 {
		return r
	}
	switch r.Frequency {
	case Yearly:
		if len(r.months) == 0 {
			r.months = []int{int(start.Month)}
		}
		r.monthDays = []int{start.Day}
	case Monthly:
		r.monthDays = []int{start.Day}
	case Weekly:
		r.weekdays = []weekday{{day: start.Weekday()}}
	}
	return r
}

// periodOf gives the first day of the period that d is in.
func (r Rule) periodOf(d clock.Date) clock.Date {
	switch r.Frequency {
	case Yearly:
		return clock.NewDate(d.Year, time.January, 1)
	case Monthly:
		return clock.NewDate(d.Year, d.Month, 1)
	case Weekly:
		return weekOf(d, r.weekStart)
	}
	return d
}

func weekOf(d clock.Date, weekStart time.Weekday) clock.Date {
	return d.AddDays(-int((d.Weekday() - weekStart + 7) % 7))
}

// next gives the first day of the period after the one that starts on first.
func (r Rule) next(first clock.Date) clock.Date {
	switch r.Frequency {
	case Yearly:
		return clock.NewDate(first.Year+1, time.January, 1)
	case Monthly:
		return clock.NewDate(first.Year, first.Month+1, 1)
	case Weekly:
		return first.AddDays(7)
	}
	return first.AddDays(1)
}

// periods counts the periods from that of start to the one that starts on first.
func (r Rule) periods(start, first clock.Date) int {
	switch r.Frequency {
	case Yearly:
		return first.Year - start.Year
	case Monthly:
		return (first.Year-start.Year)*12 + int(first.Month) - int(start.Month)
	case Weekly:
		return r.periodOf(start).DaysUntil(first) / 7
	}
	return start.DaysUntil(first)
}

// within gives the days of one period, which ends before end.
func (r Rule) within(first, end clock.Date) []clock.Date {
	var all []clock.Date
	for d := first; d.Before(end); d = d.AddDays(1) {
		if r.fallsOn(d) {
			all = append(all, d)
		}
	}
	if len(r.positions) == 0 {
		return all
	}
	var chosen []clock.Date
	for i, d := range all {
		if slices.Contains(r.positions, i+1) || slices.Contains(r.positions, i-len(all)) {
			chosen = append(chosen, d)
		}
	}
	return chosen
}

// fallsOn holds a day against every BY… but BYSETPOS. Each list that is there must have the day.
func (r Rule) fallsOn(d clock.Date) bool {
	if len(r.months) > 0 && !slices.Contains(r.months, int(d.Month)) {
		return false
	}
	if len(r.monthDays) > 0 && !slices.Contains(r.monthDays, d.Day) &&
		!slices.Contains(r.monthDays, d.Day-daysIn(d.Year, d.Month)-1) {
		return false
	}
	if len(r.weekdays) > 0 && !slices.ContainsFunc(r.weekdays, func(w weekday) bool { return r.isNth(w, d) }) {
		return false
	}
	if len(r.yearDays) > 0 {
		day := clock.NewDate(d.Year, time.January, 1).DaysUntil(d) + 1
		if !slices.Contains(r.yearDays, day) && !slices.Contains(r.yearDays, day-daysOf(d.Year)-1) {
			return false
		}
	}
	if len(r.weeks) > 0 {
		week, weeks := weekNumber(d, r.weekStart)
		return slices.Contains(r.weeks, week) || slices.Contains(r.weeks, week-weeks-1)
	}
	return true
}

// isNth counts within the month, or within the year where a yearly rule names no months; weeks and
// days have one of each.
func (r Rule) isNth(w weekday, d clock.Date) bool {
	if d.Weekday() != w.day {
		return false
	}
	if w.nth == 0 || r.Frequency > Monthly {
		return true
	}
	day, length := d.Day, daysIn(d.Year, d.Month)
	if r.Frequency == Yearly && len(r.months) == 0 {
		day, length = clock.NewDate(d.Year, time.January, 1).DaysUntil(d)+1, daysOf(d.Year)
	}
	return (day-1)/7+1 == w.nth || -((length-day)/7+1) == w.nth
}

func daysIn(year int, month time.Month) int { return clock.NewDate(year, month+1, 0).Day }

func daysOf(year int) int {
	return clock.NewDate(year, time.January, 1).DaysUntil(clock.NewDate(year+1, time.January, 1))
}

// weekNumber gives the number of the week that d is in, and how many weeks the week's year has:
// week 1 is the first with four days or more of its year (ISO 8601).
func weekNumber(d clock.Date, weekStart time.Weekday) (week, weeks int) {
	fourth := weekOf(d, weekStart).AddDays(3) // it is always in the week's own year
	first := firstWeek(fourth.Year, weekStart)
	return first.DaysUntil(fourth)/7 + 1, first.DaysUntil(firstWeek(fourth.Year+1, weekStart)) / 7
}

func firstWeek(year int, weekStart time.Weekday) clock.Date {
	return weekOf(clock.NewDate(year, time.January, 4), weekStart)
}
