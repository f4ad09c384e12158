package venue

import (
	"slices"
	"sync"
	"time"

	"github.com/rickar/cal/v2/jp"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// holidayNames are the law's names for the library's.
var holidayNames = map[string]string{
	jp.NewYear.Name:                 "元日",
	jp.ComingOfAgeDay.Name:          "成人の日",
	jp.NationalFoundationDay.Name:   "建国記念の日",
	jp.TheEmperorsBirthday.Name:     "天皇誕生日",
	jp.VernalEquinoxDay.Name:        "春分の日",
	jp.ShowaDay.Name:                "昭和の日",
	jp.ConstitutionMemorialDay.Name: "憲法記念日",
	jp.GreeneryDay.Name:             "みどりの日",
	jp.ChildrensDay.Name:            "こどもの日",
	jp.MarineDay.Name:               "海の日",
	jp.MountainDay.Name:             "山の日",
	jp.RespectForTheAgedDay.Name:    "敬老の日",
	jp.AutumnalEquinoxDay.Name:      "秋分の日",
	jp.SportsDay.Name:               "スポーツの日",
	jp.CultureDay.Name:              "文化の日",
	jp.LaborThanksgivingDay.Name:    "勤労感謝の日",
}

// The library writes into its own variables while it reckons.
var reckoning sync.Mutex

// NationalHolidays reckons the days of a year by the 国民の祝日に関する法律, with 振替休日 and 国民の休日, in order. A
// special law may move days: the table is mended by the operator.
func NationalHolidays(year int) []LocalHoliday {
	reckoning.Lock()
	defer reckoning.Unlock()
	named := Holidays{}
	for _, h := range jp.Holidays {
		if name := holidayNames[h.Name]; name != "" {
			if actual, _ := h.Calc(year); !actual.IsZero() {
				named[clock.NewDate(actual.Year(), actual.Month(), actual.Day())] = name
			}
		}
	}
	all := Holidays{}
	for d, name := range named {
		all[d] = name
		if between := d.AddDays(
			1,
		); named[between] == "" && named[d.AddDays(2)] != "" &&
			between.Weekday() != time.Sunday {
			all[between] = "国民の休日"
		}
	}
	for d := range named {
		if d.Weekday() == time.Sunday {
			in := d.AddDays(1)
			for named[in] != "" {
				in = in.AddDays(1)
			}
			all[in] = "振替休日"
		}
	}
	list := make([]LocalHoliday, 0, len(all))
	for d, name := range all {
		list = append(list, LocalHoliday{Day: d, Name: name, Observed: true})
	}
	slices.SortFunc(list, func(a, b LocalHoliday) int { return a.Day.Compare(b.Day) })
	return list
}
