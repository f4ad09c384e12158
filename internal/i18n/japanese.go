package i18n

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

// Weekday is the day of the week in one character: 水.
func Weekday(d time.Weekday) string { return weekdays[d] }

// MonthDay is a day in Tokyo without its year: 11月15日（水）.
func MonthDay(t time.Time) string {
	t = t.In(clock.Tokyo)
	return fmt.Sprintf("%d月%d日（%s）", t.Month(), t.Day(), Weekday(t.Weekday()))
}

// YearDay is a day in Tokyo with its year: 2026年11月15日（水）.
func YearDay(t time.Time) string {
	return fmt.Sprintf("%d年%s", t.In(clock.Tokyo).Year(), MonthDay(t))
}

// ClockTime is a time of day in Tokyo: 9:00.
func ClockTime(t time.Time) string {
	t = t.In(clock.Tokyo)
	return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
}

// Yen is 無料, or 1,000円.
func Yen(yen int) string {
	if yen == 0 {
		return "無料"
	}
	digits := strconv.Itoa(yen)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + "円"
}
