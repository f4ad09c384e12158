package venue

import (
	"slices"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// Calendar says when a facility, or a room with hours of its own, is open. The first season that
// covers a day counts; a day of no season is closed.
type Calendar struct {
	Seasons []Season     `json:"seasons,omitempty"`
	Closed  []ClosedRule `json:"closed,omitempty"`
	// Holidays says what a national or local holiday is like.
	Holidays HolidayRule `json:"holidays,omitempty"`
	// NextWeekday: a closed day of the week that falls on a holiday is open, and the next weekday
	// is closed in its place (月曜休館、祝日のときは翌平日).
	NextWeekday bool `json:"next_weekday,omitempty"`
}

// Season is the hours of the week for a part of the year; without First and Last, for all of it.
type Season struct {
	Name  string    `json:"name,omitempty"`
	First *MonthDay `json:"first,omitempty"`
	Last  *MonthDay `json:"last,omitempty"` // included
	Week  Week      `json:"week"`
}

// Week is the hours by day; a day without hours is closed.
type Week struct {
	Mon []Hours `json:"mon,omitempty"`
	Tue []Hours `json:"tue,omitempty"`
	Wed []Hours `json:"wed,omitempty"`
	Thu []Hours `json:"thu,omitempty"`
	Fri []Hours `json:"fri,omitempty"`
	Sat []Hours `json:"sat,omitempty"`
	Sun []Hours `json:"sun,omitempty"`
}

// EveryDay has the same hours each day.
func EveryDay(hours ...Hours) Week {
	return Week{Mon: hours, Tue: hours, Wed: hours, Thu: hours, Fri: hours, Sat: hours, Sun: hours}
}

// On gives the hours of a day of the week.
func (w Week) On(d time.Weekday) []Hours {
	return [...][]Hours{w.Sun, w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat}[d]
}

// ClosedKind is how closed days come back.
type ClosedKind string

// The kinds.
const (
	ClosedWeekly ClosedKind = "weekly" // every Monday
	ClosedNth    ClosedKind = "nth"    // the second and fourth Monday of the month
	ClosedYearly ClosedKind = "yearly" // 29 December to 3 January
)

// ClosedRule is a rule of closed days.
type ClosedRule struct {
	Kind    ClosedKind `json:"kind"`
	Weekday string     `json:"weekday,omitempty"` // mon … sun
	Nth     []int      `json:"nth,omitempty"`     // 1 to 5
	First   *MonthDay  `json:"first,omitempty"`
	Last    *MonthDay  `json:"last,omitempty"` // included
}

// WeekdayNames are the words of documents, by time.Weekday.
var WeekdayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (r ClosedRule) weekday() time.Weekday {
	return time.Weekday(slices.Index(WeekdayNames[:], r.Weekday))
}

// HolidayRule is what holidays are like.
type HolidayRule string

// The rules; "" is a day like others.
const (
	HolidaysClosed   HolidayRule = "closed"
	HolidaysAsSunday HolidayRule = "as_sunday"
)

// Holidays names the days that are holidays here.
type Holidays map[clock.Date]string

// Why a day is closed.
const (
	WhyYearly       = "closed_yearly"
	WhyWeekly       = "closed_weekly"
	WhyNth          = "closed_nth"
	WhyHoliday      = "closed_holiday"
	WhyAfterHoliday = "closed_after_holiday"
	WhyNoHours      = "closed_no_hours"
)

// Day is what a day is like; Closed is "" when there are hours.
type Day struct {
	Date    clock.Date
	Open    []Hours
	Closed  string // one of the Why words
	Holiday string // its name
}

// Day tells what a day is like by the rules alone; closings for once are Rules' business.
func (c Calendar) Day(d clock.Date, holidays Holidays) Day {
	day := Day{Date: d, Holiday: holidays[d]}
	day.Closed = c.closed(d, holidays)
	if day.Closed != "" {
		return day
	}
	weekday := d.Weekday()
	if day.Holiday != "" && c.Holidays == HolidaysAsSunday {
		weekday = time.Sunday
	}
	for _, s := range c.Seasons {
		if s.First == nil || s.Last == nil || between(d, *s.First, *s.Last) {
			day.Open = s.Week.On(weekday)
			break
		}
	}
	if len(day.Open) == 0 {
		day.Closed = WhyNoHours
	}
	return day
}

func (c Calendar) closed(d clock.Date, holidays Holidays) string {
	for _, r := range c.Closed {
		if r.Kind == ClosedYearly && r.First != nil && r.Last != nil && between(d, *r.First, *r.Last) {
			return WhyYearly
		}
	}
	holiday := holidays[d] != ""
	if why := c.regularly(d); why != "" && (!holiday || !c.NextWeekday) {
		return why
	}
	if holiday && c.Holidays == HolidaysClosed {
		return WhyHoliday
	}
	if c.NextWeekday && c.inPlace(d, holidays) {
		return WhyAfterHoliday
	}
	return ""
}

// regularly tells whether a weekly rule or one of the nth weekday names the day.
func (c Calendar) regularly(d clock.Date) string {
	for _, r := range c.Closed {
		if r.weekday() != d.Weekday() {
			continue
		}
		switch r.Kind {
		case ClosedWeekly:
			return WhyWeekly
		case ClosedNth:
			if slices.Contains(r.Nth, (d.Day-1)/7+1) {
				return WhyNth
			}
		case ClosedYearly:
		}
	}
	return ""
}

// mostDaysOff is how many days in a row a closed day is carried over, and so how far back holidays
// decide about a day.
const mostDaysOff = 14

// HolidaysFrom is the first day whose holidays decide what d is like. Whoever loads holidays for
// days from d on begins there.
func HolidaysFrom(d clock.Date) clock.Date { return d.AddDays(-mostDaysOff) }

// inPlace tells whether d is the first weekday after a closed day of the week that was a holiday.
func (c Calendar) inPlace(d clock.Date, holidays Holidays) bool {
	if !workday(d, holidays) {
		return false
	}
	for e := d.AddDays(-1); e.DaysUntil(d) <= mostDaysOff && !workday(e, holidays); e = e.AddDays(-1) {
		if holidays[e] != "" && c.regularly(e) != "" {
			return true
		}
	}
	return false
}

// workday is 平日: Monday to Friday and no holiday.
func workday(d clock.Date, holidays Holidays) bool {
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday && holidays[d] == ""
}
