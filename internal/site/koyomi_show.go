package site

import (
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/almanac"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
	"github.com/tonarimachi/tonarimachi/internal/page"
)

// koyomiPath is where people go who want to be seen elsewhere at once. Nothing on that page says
// whose it is, and nothing leads back.
const koyomiPath = "/koyomi"

// koyomiView is a day of the almanac.
type koyomiView struct {
	Page                           page.Head // its frame is its own
	Year, Date, Week               string
	Season                         string
	Sunrise, Sunset, Daylight, Age string
}

// koyomi shows the day. Asked with leave=1 it first has the browser forget what it kept of us, and
// an address that says nothing is left.
func (s *Site) koyomi(c echo.Context) error {
	httpx.NoStore(c)
	if c.QueryParam("leave") != "" {
		c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
		return page.Redirect(c, koyomiPath)
	}
	return s.ShowPrivate(c, "koyomi", s.koyomiView(s.Clock.Now()))
}

// koyomiView writes what the almanac says of the day of a moment.
func (s *Site) koyomiView(now time.Time) koyomiView {
	today := clock.DateOf(now)
	v := koyomiView{
		Page: page.Head{Title: s.Text("site.koyomi.title"), Discreet: true},
		Year: s.Text("site.koyomi.year", "year", today.Year),
		Date: s.Text("site.koyomi.day", "month", int(today.Month), "day", today.Day),
		Week: s.Text("site.koyomi.week", "week", i18n.Weekday(today.Weekday())),
		Age:  fmt.Sprintf("%.1f", almanac.MoonAge(today.At(12, 0))),
	}
	if name, begins := almanac.Season(today.Start()); begins {
		v.Season = s.Text("site.koyomi.begins", "season", name)
	} else {
		v.Season = s.Text("site.koyomi.within", "season", name)
	}
	if rise, set, ok := almanac.SunriseSunset(today.Start(), almanac.TokyoLatitude, almanac.TokyoLongitude); ok {
		rise, set = rise.Round(time.Minute), set.Round(time.Minute)
		minutes := int(set.Sub(rise).Minutes())
		v.Sunrise, v.Sunset = i18n.ClockTime(rise), i18n.ClockTime(set)
		v.Daylight = s.Text("site.koyomi.daylight", "hours", minutes/60, "minutes", minutes%60)
	}
	return v
}
