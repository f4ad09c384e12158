package site

import (
	"fmt"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpx"
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// koyomiPath is where people go who want to be seen elsewhere at once. Nothing on that page says whose it is, and nothing leads back.
const koyomiPath = "/koyomi"

// koyomiView is a day of the almanac.
type koyomiView struct {
	Page                           head // its frame is its own
	Year, Date, Week               string
	Season                         string
	Sunrise, Sunset, Daylight, Age string
}

// koyomi shows the day. Asked with leave=1 it first has the browser forget what it kept of us, and an address that says nothing is left.
func (s *Site) koyomi(c echo.Context) error {
	httpx.NoStore(c)
	if c.QueryParam("leave") != "" {
		c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`)
		return redirect(c, koyomiPath)
	}
	return s.showPrivate(c, "koyomi", koyomiOf(s.clock.Now()))
}

func koyomiOf(now time.Time) koyomiView {
	today := clock.DateOf(now)
	v := koyomiView{
		Page: head{Title: "きょうの暦", Discreet: true},
		Year: fmt.Sprintf("%d年", today.Year), Date: fmt.Sprintf("%d月%d日", today.Month, today.Day), Week: i18n.Weekday(today.Weekday()) + "曜日",
		Age: fmt.Sprintf("%.1f", moonAge(today.At(12, 0))),
	}
	if name, begins := season(today.Start()); begins {
		v.Season = "きょうから" + name
	} else {
		v.Season = name + "のころ"
	}
	if rise, set, ok := sunriseSunset(today.Start(), tokyoLatitude, tokyoLongitude); ok {
		rise, set = rise.Round(time.Minute), set.Round(time.Minute)
		minutes := int(set.Sub(rise).Minutes())
		v.Sunrise, v.Sunset, v.Daylight = i18n.ClockTime(rise), i18n.ClockTime(set), fmt.Sprintf("%d時間%d分", minutes/60, minutes%60)
	}
	return v
}
