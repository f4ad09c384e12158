package almanac

import (
	"math"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// As the National Astronomical Observatory of Japan publishes them for Tokyo, to the minute.
func TestSunriseSunset(t *testing.T) {
	t.Parallel()
	for _, want := range []struct {
		day       clock.Date
		rise, set string
	}{
		{clock.NewDate(2026, time.January, 1), "6:51", "16:38"},
		{clock.NewDate(2026, time.March, 20), "5:45", "17:53"},
		{clock.NewDate(2026, time.June, 21), "4:25", "19:00"},
		{clock.NewDate(2026, time.September, 23), "5:29", "17:38"},
		{clock.NewDate(2026, time.November, 22), "6:23", "16:31"},
		{clock.NewDate(2026, time.December, 22), "6:47", "16:32"},
	} {
		rise, set, ok := SunriseSunset(want.day.Start(), TokyoLatitude, TokyoLongitude)
		if !ok {
			t.Fatalf("%s: no sunrise", want.day)
		}
		for _, one := range []struct {
			name, want string
			got        time.Time
		}{{"sunrise", want.rise, rise}, {"sunset", want.set, set}} {
			w, err := time.ParseInLocation("2006-01-02 15:04", want.day.String()+" "+one.want, clock.Tokyo)
			if err != nil {
				t.Fatal(err)
			}
			if off := one.got.Sub(w).Abs(); off > 75*time.Second {
				t.Errorf(
					"%s of %s = %s, want %s",
					one.name,
					want.day,
					one.got.In(clock.Tokyo).Format("15:04:05"),
					one.want,
				)
			}
		}
	}
}

func TestSunStaysUpOrDown(t *testing.T) {
	t.Parallel()
	for _, month := range []time.Month{time.June, time.December} {
		if _, _, ok := SunriseSunset(time.Date(2026, month, 21, 0, 0, 0, 0, time.UTC), 75, 20); ok {
			t.Errorf("%s at 75° north has a sunrise", month)
		}
	}
}

// New moons that many saw: those of solar eclipses, and others of the almanac.
func TestMoonAge(t *testing.T) {
	t.Parallel()
	for _, moment := range []string{
		"2000-01-06T18:14:00Z",
		"2017-08-21T18:30:00Z",
		"2024-04-08T18:21:00Z",
		"2025-03-29T10:58:00Z",
		"2026-02-17T12:01:00Z",
		"2026-08-12T17:37:00Z",
		"2027-08-02T10:05:00Z",
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if before, after := MoonAge(
			at.Add(-15*time.Minute),
		), MoonAge(
			at.Add(15*time.Minute),
		); before < 29 || before > 30 ||
			after > 0.03 {
			t.Errorf("%s: the moon is %.3f days old before and %.3f after", moment, before, after)
		}
		if week := MoonAge(at.AddDate(0, 0, 7)); math.Abs(week-7) > 0.02 {
			t.Errorf("a week after %s the moon is %.3f days old", moment, week)
		}
	}
}

// The first days of the seasons of 2026 and some of other years, from the calendar the observatory
// publishes in the Official Gazette.
func TestSeason(t *testing.T) {
	t.Parallel()
	first := map[string]string{
		"2026-01-05": "小寒",
		"2026-01-20": "大寒",
		"2026-02-04": "立春",
		"2026-02-19": "雨水",
		"2026-03-05": "啓蟄",
		"2026-03-20": "春分",
		"2026-04-05": "清明",
		"2026-04-20": "穀雨",
		"2026-05-05": "立夏",
		"2026-05-21": "小満",
		"2026-06-06": "芒種",
		"2026-06-21": "夏至",
		"2026-07-07": "小暑",
		"2026-07-23": "大暑",
		"2026-08-07": "立秋",
		"2026-08-23": "処暑",
		"2026-09-07": "白露",
		"2026-09-23": "秋分",
		"2026-10-08": "寒露",
		"2026-10-23": "霜降",
		"2026-11-07": "立冬",
		"2026-11-22": "小雪",
		"2026-12-07": "大雪",
		"2026-12-22": "冬至",
		"2024-02-04": "立春",
		"2024-09-22": "秋分",
		"2024-12-21": "冬至",
		"2025-02-03": "立春",
		"2027-02-04": "立春",
	}
	found := 0
	for day := clock.NewDate(2026, time.January, 1); day.Year == 2026; day = day.AddDays(1) {
		name, begins := Season(day.Start())
		if want, ok := first[day.String()]; begins != ok || ok && name != want {
			t.Errorf("%s: %s, begins %v, want %q", day, name, begins, want)
		}
		if begins {
			found++
		}
	}
	if found != 24 {
		t.Errorf("%d seasons in a year", found)
	}
	for text, want := range first {
		at, err := time.ParseInLocation(time.DateOnly, text, clock.Tokyo)
		if err != nil {
			t.Fatal(err)
		}
		if name, begins := Season(at); name != want || !begins {
			t.Errorf("%s: %s, begins %v, want %s", text, name, begins, want)
		}
	}
}
