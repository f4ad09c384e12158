package recurrence

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What Parse says of a text.
var (
	ErrRule        = errors.New("not a recurrence rule")
	ErrUnsupported = errors.New("a recurrence rule, but not of whole days without an end")
)

const (
	maxText     = 1000 // bytes of a rule
	maxInterval = 1000
)

// Frequency is the period that a rule repeats in.
type Frequency int

// The periods that days can be told of.
const (
	Yearly Frequency = iota + 1
	Monthly
	Weekly
	Daily
)

// Rule says on which days something happens.
type Rule struct {
	Frequency Frequency
	// Interval is INTERVAL as it was written, 1 when it was not. RFC 5545 forbids 0; whoever takes
	// new rules refuses it. Between reads it as 1, for rules that were taken before.
	Interval int

	weekStart time.Weekday
	months    []int
	monthDays []int // -1 is the last
	yearDays  []int
	weeks     []int // of ISO 8601, counted from weekStart
	weekdays  []weekday
	positions []int // BYSETPOS
}

// weekday is every such day of the period, or the nth.
type weekday struct {
	nth int // 0: every one; -1: the last
	day time.Weekday
}

var days = map[string]time.Weekday{
	"SU": time.Sunday,
	"MO": time.Monday,
	"TU": time.Tuesday,
	"WE": time.Wednesday,
	"TH": time.Thursday,
	"FR": time.Friday,
	"SA": time.Saturday,
}

// Parse reads the value of an RRULE, with or without the property's name in front. It fails with
// ErrUnsupported for COUNT, UNTIL, times of day and frequencies shorter than a day, and with
// ErrRule for all else, a part that is told twice included.
func Parse(text string) (Rule, error) {
	r := Rule{Interval: 1, weekStart: time.Monday}
	if len(text) > maxText {
		return Rule{}, ErrRule
	}
	seen := map[string]bool{}
	for _, part := range strings.Split(strings.TrimPrefix(strings.TrimSpace(text), "RRULE:"), ";") {
		name, value, found := strings.Cut(part, "=")
		if !found || seen[name] {
			return Rule{}, fmt.Errorf("%w: part %d", ErrRule, len(seen)+1)
		}
		seen[name] = true
		if err := r.read(name, value); err != nil {
			if errors.Is(err, ErrUnsupported) {
				return Rule{}, err
			}
			return Rule{}, fmt.Errorf("%w: part %d: %w", ErrRule, len(seen), err)
		}
	}
	if r.Frequency == 0 {
		return Rule{}, fmt.Errorf("%w: no FREQ", ErrRule)
	}
	return r, nil
}

func (r *Rule) read(name, value string) (err error) {
	switch name {
	case "FREQ":
		r.Frequency = map[string]Frequency{
			"YEARLY":  Yearly,
			"MONTHLY": Monthly,
			"WEEKLY":  Weekly,
			"DAILY":   Daily,
		}[value]
		switch {
		case value == "HOURLY", value == "MINUTELY", value == "SECONDLY":
			return ErrUnsupported
		case r.Frequency == 0:
			return errors.New("unknown frequency")
		}
	case "INTERVAL":
		r.Interval, err = strconv.Atoi(value)
		if err == nil && (r.Interval < 0 || r.Interval > maxInterval) {
			err = errors.New("interval out of range")
		}
	case "WKST":
		day, ok := days[value]
		if !ok {
			return errors.New("unknown day of the week")
		}
		r.weekStart = day
	case "BYMONTH":
		r.months, err = numbers(value, 12, false)
	case "BYMONTHDAY":
		r.monthDays, err = numbers(value, 31, true)
	case "BYYEARDAY":
		r.yearDays, err = numbers(value, 366, true)
	case "BYWEEKNO":
		r.weeks, err = numbers(value, 53, true)
	case "BYSETPOS":
		r.positions, err = numbers(value, 366, true)
	case "BYDAY":
		r.weekdays, err = readWeekdays(value)
	case "COUNT", "UNTIL", "DTSTART", "BYHOUR", "BYMINUTE", "BYSECOND", "BYEASTER":
		return ErrUnsupported
	default:
		return errors.New("unknown part")
	}
	return err
}

// numbers reads a list of 1 to most, or -most to -1 where a list may count from the end; each once.
func numbers(value string, most int, fromEnd bool) ([]int, error) {
	var all []int
	for _, s := range strings.Split(value, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return nil, err
		}
		if n == 0 || n > most || n < -most || n < 0 && !fromEnd {
			return nil, errors.New("number out of range")
		}
		all = append(all, n)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func readWeekdays(value string) ([]weekday, error) {
	var all []weekday
	for _, s := range strings.Split(value, ",") {
		if len(s) < 2 {
			return nil, errors.New("unknown day of the week")
		}
		day, ok := days[s[len(s)-2:]]
		if !ok {
			return nil, errors.New("unknown day of the week")
		}
		w := weekday{day: day}
		if count := s[:len(s)-2]; count != "" {
			nth, err := numbers(count, 53, true)
			if err != nil {
				return nil, err
			}
			w.nth = nth[0]
		}
		if !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	return all, nil
}
