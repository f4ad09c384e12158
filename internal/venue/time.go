package venue

import (
	"errors"
	"fmt"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// TimeOfDay is minutes after midnight in Tokyo, 0 to 1440; 24:00 is the end of the day.
type TimeOfDay int

// EndOfDay is 24:00.
const EndOfDay TimeOfDay = 24 * 60

// errTime is for text that is no time of day.
var errTime = errors.New("a time of day is written 00:00 to 24:00")

// ParseTime reads "9:00", "09:00" and "24:00".
func ParseTime(s string) (TimeOfDay, error) {
	if len(s) == 4 {
		s = "0" + s
	}
	if len(s) != 5 || s[2] != ':' {
		return 0, errTime
	}
	for _, i := range []int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, errTime
		}
	}
	hour, minute := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	t := TimeOfDay(hour*60 + minute)
	if minute > 59 || t > EndOfDay {
		return 0, errTime
	}
	return t, nil
}

// Valid reports whether it is within a day.
func (t TimeOfDay) Valid() bool { return t >= 0 && t <= EndOfDay }

// String is 09:00.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText writes 09:00.
func (t TimeOfDay) MarshalText() ([]byte, error) {
	if !t.Valid() {
		return nil, errTime
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads what ParseTime reads.
func (t *TimeOfDay) UnmarshalText(text []byte) (err error) {
	*t, err = ParseTime(string(text))
	return err
}

// On is the instant on a day.
func (t TimeOfDay) On(d clock.Date) time.Time { return d.At(int(t)/60, int(t)%60) }

// Hours is a stretch of a day, [From, To).
type Hours struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
}

// Minutes is its length.
func (h Hours) Minutes() int { return int(h.To - h.From) }

// Valid reports whether it lies in a day and is not empty.
func (h Hours) Valid() bool { return h.From.Valid() && h.To.Valid() && h.From < h.To }

// Contains tells whether other lies within.
func (h Hours) Contains(other Hours) bool { return h.From <= other.From && other.To <= h.To }

// Overlaps tells whether they have a minute in common.
func (h Hours) Overlaps(other Hours) bool { return h.From < other.To && other.From < h.To }

// Span is a stretch of time, [From, To).
type Span struct{ From, To time.Time }

// On gives the stretch on a day.
func (h Hours) On(d clock.Date) Span { return Span{From: h.From.On(d), To: h.To.On(d)} }

// Overlaps tells whether they have a moment in common.
func (s Span) Overlaps(other Span) bool { return s.From.Before(other.To) && other.From.Before(s.To) }

// Wide is the span with setting up before and clearing after it: what is occupied.
func (s Span) Wide(setup, clearing time.Duration) Span {
	return Span{From: s.From.Add(-setup), To: s.To.Add(clearing)}
}

// within gives the day and the stretch of it that the span is; false when it is empty, turned
// round, not of whole minutes or reaches over midnight.
func (s Span) within() (clock.Date, Hours, bool) {
	if !s.From.Before(s.To) {
		return clock.Date{}, Hours{}, false
	}
	day := clock.DateOf(s.From)
	start := day.Start()
	from, to := s.From.Sub(start), s.To.Sub(start)
	if from%time.Minute != 0 || to%time.Minute != 0 || to > 24*time.Hour {
		return day, Hours{}, false
	}
	return day, Hours{From: TimeOfDay(from / time.Minute), To: TimeOfDay(to / time.Minute)}, true
}

// MonthDay is a day of every year: 12-29.
type MonthDay struct {
	Month time.Month
	Day   int
}

// errMonthDay is for text that is no day of a year.
var errMonthDay = errors.New("a day of the year is written MM-DD")

// String is 12-29.
func (m MonthDay) String() string { return fmt.Sprintf("%02d-%02d", int(m.Month), m.Day) }

// Valid reports whether it is a day of some year; 02-29 is.
func (m MonthDay) Valid() bool { return clock.Date{Year: 2024, Month: m.Month, Day: m.Day}.Valid() }

// MarshalText writes MM-DD.
func (m MonthDay) MarshalText() ([]byte, error) {
	if !m.Valid() {
		return nil, errMonthDay
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads MM-DD.
func (m *MonthDay) UnmarshalText(text []byte) error {
	day, err := clock.ParseDate("2024-" + string(text))
	if err != nil {
		return errMonthDay
	}
	*m = MonthDay{Month: day.Month, Day: day.Day}
	return nil
}

func (m MonthDay) ordinal() int { return int(m.Month)*32 + m.Day }

// between tells whether d lies from first to last, both included; a stretch may run over the new
// year.
func between(d clock.Date, first, last MonthDay) bool {
	day, from, to := MonthDay{d.Month, d.Day}.ordinal(), first.ordinal(), last.ordinal()
	if from <= to {
		return from <= day && day <= to
	}
	return day >= from || day <= to
}
