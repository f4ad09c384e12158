package i18n

import (
	"strconv"
	"time"
)

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

// Weekday is the day of the week in one character: 水.
func Weekday(d time.Weekday) string { return weekdays[d] }

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
