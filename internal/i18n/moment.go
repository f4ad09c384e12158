package i18n

import (
	"maps"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// Day is a day in Tokyo: 2026年12月1日（火）, or Tuesday 1 December 2026.
func (l *Localizer) Day(t time.Time) string {
	t = t.In(clock.Tokyo)
	if l.lang == English {
		return t.Format("Monday 2 January 2006")
	}
	return YearDay(t)
}

// Moment is a moment in Tokyo: 2026年12月1日（火）9:00, or 09:00 on Tuesday 1 December 2026.
func (l *Localizer) Moment(t time.Time) string {
	t = t.In(clock.Tokyo)
	if l.lang == English {
		return t.Format("15:04") + " on " + l.Day(t)
	}
	return l.Day(t) + ClockTime(t)
}

// readable words the moments and days among params; callers who read params themselves find them as
// they were.
func (l *Localizer) readable(params map[string]any) map[string]any {
	own := false
	for name, value := range params {
		var words string
		switch v := value.(type) {
		case time.Time:
			words = l.Moment(v)
		case clock.Date:
			words = l.Day(v.Start())
		default:
			continue
		}
		if !own {
			params, own = maps.Clone(params), true
		}
		params[name] = words
	}
	return params
}
