package demo

import (
	"fmt"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// days says which days of which months.
type days struct {
	Weekday weekday      `json:"weekday"`
	Nth     []int        `json:"nth"`    // 1 to 4; they take turns month by month
	Each    bool         `json:"each"`   // all of nth in every month instead
	Months  []time.Month `json:"months"` // all when empty
	Daily   bool         `json:"daily"`  // every day, and nothing else said
}

type weekday time.Weekday

// UnmarshalText reads the English name in lower case.
func (w *weekday) UnmarshalText(text []byte) error {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := d.String(); string(text) == string(name[0]+'a'-'A')+name[1:] {
			*w = weekday(d)
			return nil
		}
	}
	return fmt.Errorf("%q is no day of the week", text)
}

// turn counts months, so that what takes turns does so across the year's end too.
func turn(d clock.Date, choices int) int {
	return (d.Year*12 + int(d.Month)) % choices
}

// in gives the days of a month, named by its first day.
func (r days) in(month clock.Date) []clock.Date {
	if len(r.Months) > 0 {
		found := false
		for _, m := range r.Months {
			found = found || m == month.Month
		}
		if !found {
			return nil
		}
	}
	if r.Daily {
		var all []clock.Date
		for d := month; d.Month == month.Month; d = d.AddDays(1) {
			all = append(all, d)
		}
		return all
	}
	if !r.Each {
		return []clock.Date{r.nth(month, r.Nth[turn(month, len(r.Nth))])}
	}
	var all []clock.Date
	for _, n := range r.Nth {
		all = append(all, r.nth(month, n))
	}
	return all
}

func (r days) nth(month clock.Date, n int) clock.Date {
	offset := (int(r.Weekday) - int(month.Weekday()) + 7) % 7
	return month.AddDays(offset + 7*(n-1))
}

// from gives the first n days that are not before earliest.
func (r days) from(earliest clock.Date, n int) []clock.Date {
	var found []clock.Date
	for month := firstOfMonth(earliest); len(found) < n; month = nextMonth(month) {
		for _, d := range r.in(month) {
			if !d.Before(earliest) && len(found) < n {
				found = append(found, d)
			}
		}
	}
	return found
}

func firstOfMonth(d clock.Date) clock.Date { return clock.NewDate(d.Year, d.Month, 1) }

func nextMonth(first clock.Date) clock.Date { return clock.NewDate(first.Year, first.Month+1, 1) }
