package site

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

// dayText is 11月15日（水）, with the year when it is not this one.
func dayText(d, today clock.Date) string {
	s := i18n.MonthDay(d.Start())
	if d.Year != today.Year {
		s = fmt.Sprintf("%d年%s", d.Year, s)
	}
	return s
}

// monthText is 12月, with the year when it is not this one.
func monthText(d, today clock.Date) string {
	if d.Year != today.Year {
		return fmt.Sprintf("%d年%d月", d.Year, d.Month)
	}
	return fmt.Sprintf("%d月", d.Month)
}

// momentText is 11月15日（水）13:30.
func momentText(t time.Time, today clock.Date) string {
	return dayText(clock.DateOf(t), today) + i18n.ClockTime(t)
}

// untilText is momentText, but says of midnight the day that ends with it.
func untilText(t time.Time, today clock.Date) string {
	if d := clock.DateOf(t); t.Equal(d.Start()) {
		return dayText(d.AddDays(-1), today)
	}
	return momentText(t, today)
}

// spanText is 13:30〜16:30; an end on another day is told with its day.
func spanText(from, to time.Time, today clock.Date) string {
	first, last := clock.DateOf(from), clock.DateOf(to)
	switch {
	case first == last:
		return i18n.ClockTime(from) + "〜" + i18n.ClockTime(to)
	case to.Equal(last.Start()) && last == first.AddDays(1):
		return i18n.ClockTime(from) + "〜24:00"
	}
	return i18n.ClockTime(from) + "〜" + momentText(to, today)
}

func leafOf(d, today clock.Date) leaf {
	l := leaf{
		ISO: d.String(), Month: strconv.Itoa(int(d.Month)) + "月", Day: strconv.Itoa(d.Day), Week: i18n.Weekday(d.Weekday()), Text: dayText(d, today),
	}
	switch d.Weekday() {
	case time.Saturday:
		l.WeekTone = "sat"
	case time.Sunday:
		l.WeekTone = "sun"
	}
	return l
}

// nearText is 今日 or 明日, "" for other days.
func nearText(d, today clock.Date) string {
	switch today.DaysUntil(d) {
	case 0:
		return "今日"
	case 1:
		return "明日"
	}
	return ""
}

// paragraphs splits a text where its writer did.
func paragraphs(s string) []string {
	var all []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

const shownTyped = 1000

// echoed is what was typed as it can be shown again: readable, without what hides or reorders, and at most shownTyped characters of it.
func echoed(typed string) string {
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
