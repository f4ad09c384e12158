package ical

import "time"

// How far a feed looks, in days of Tokyo.
const (
	pastDays      = 60
	aheadDays     = 400
	cancelledDays = 30
)

// Window says which entries a feed shows. It moves at midnight in Tokyo only,
// so that a feed nobody edited keeps its tag all day.
type Window struct {
	// From is the earliest end and To the first start no longer shown.
	From, To time.Time
	// CancelledSince is the earliest cancellation still shown.
	CancelledSince time.Time
	// Day is the midnight that opened the window. Entries come and go with it,
	// so it is the least value of Calendar.Modified.
	Day time.Time
}

// WindowAt returns the window of the day of now.
func WindowAt(now time.Time) Window {
	day := midnight(now)
	return Window{
		From:           day.AddDate(0, 0, -pastDays),
		To:             day.AddDate(0, 0, aheadDays+1),
		CancelledSince: day.AddDate(0, 0, -cancelledDays),
		Day:            day,
	}
}

// Shows tells whether an entry belongs in the feed. cancelled is the time it
// was called off, zero when it wasn't; a zero end counts as start.
func (w Window) Shows(start, end, cancelled time.Time) bool {
	if end.IsZero() {
		end = start
	}
	if !cancelled.IsZero() && cancelled.Before(w.CancelledSince) {
		return false
	}
	return !end.Before(w.From) && start.Before(w.To)
}
