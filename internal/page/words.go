package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/text"
)

// DayText is 11月15日（水）, with the year when it is not this one.
func DayText(d, today clock.Date) string {
	if d.Year != today.Year {
		return i18n.YearDay(d.Start())
	}
	return i18n.MonthDay(d.Start())
}

// MonthText is 12月, with the year when it is not this one.
func MonthText(d, today clock.Date) string {
	if d.Year != today.Year {
		return fmt.Sprintf("%d年%d月", d.Year, d.Month)
	}
	return fmt.Sprintf("%d月", d.Month)
}

// MomentText is 11月15日（水）13:30.
func MomentText(t time.Time, today clock.Date) string {
	return DayText(clock.DateOf(t), today) + i18n.ClockTime(t)
}

// UntilText is MomentText, but says of midnight the day that ends with it.
func UntilText(t time.Time, today clock.Date) string {
	if d := clock.DateOf(t); t.Equal(d.Start()) {
		return DayText(d.AddDays(-1), today)
	}
	return MomentText(t, today)
}

// SpanText is 13:30〜16:30; an end on another day is told with its day.
func SpanText(from, to time.Time, today clock.Date) string {
	first, last := clock.DateOf(from), clock.DateOf(to)
	switch {
	case first == last:
		return i18n.ClockTime(from) + "〜" + i18n.ClockTime(to)
	case to.Equal(last.Start()) && last == first.AddDays(1):
		return i18n.ClockTime(from) + "〜24:00"
	}
	return i18n.ClockTime(from) + "〜" + MomentText(to, today)
}

// LeafOf is a day as on a tear-off calendar.
func LeafOf(d, today clock.Date) Leaf {
	l := Leaf{
		ISO:   d.String(),
		Month: strconv.Itoa(int(d.Month)) + "月",
		Day:   strconv.Itoa(d.Day),
		Week:  i18n.Weekday(d.Weekday()),
		Text:  DayText(d, today),
	}
	switch d.Weekday() {
	case time.Saturday:
		l.WeekTone = "sat"
	case time.Sunday:
		l.WeekTone = "sun"
	}
	return l
}

// ShortTown is the name of a town without 区, 市, 町 or 村 at its end, as places are named after it.
func ShortTown(name string) string { return strings.TrimRight(name, "区市町村") }

// NearText is 今日 or 明日, "" for other days.
func NearText(d, today clock.Date) string {
	switch today.DaysUntil(d) {
	case 0:
		return "今日"
	case 1:
		return "明日"
	}
	return ""
}

// Paragraphs splits a text where its writer did.
func Paragraphs(s string) []string {
	var all []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

const shownTyped = 1000

// Echoed is what was typed as it can be shown again: readable, without what hides or reorders, and
// at most shownTyped characters of it.
func Echoed(typed string) string {
	var b strings.Builder
	n := 0
	for _, r := range typed {
		if r == utf8.RuneError || text.Hidden(r) {
			continue
		}
		if n++; n > shownTyped {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
