package booking

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// nation fills the table of national holidays.
func (k *kit) nation(years ...int) {
	k.Helper()
	for _, year := range years {
		for _, h := range venue.NationalHolidays(year) {
			k.exec(
				`insert into national_holiday (day, name) values ($1, $2) on conflict do nothing`,
				h.Day.String(),
				h.Name,
			)
		}
	}
}

// The input of [C2]: Mondays are closed, and the next weekday when a Monday is a holiday. Three
// holidays in a row put that day to the 24th, and the holiday that does it is longer ago than
// yesterday.
func TestAClosedDayIsClosedTheDayBeforeToo(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.nation(2026)
	k.exec(
		`update facility set hours = hours || '{"closed": [{"kind": "weekly", "weekday": "mon"}],
		  "next_weekday": true}'`,
	)
	day := clock.NewDate(2026, 9, 24)
	r := Request{RoomID: k.hall.Tea, StartsAt: day.At(10, 0), EndsAt: day.At(11, 0), Title: "会議"}
	for name, now := range map[string]time.Time{
		"a week before":   day.AddDays(-7).At(12, 0),
		"the day before":  day.AddDays(-1).At(12, 0),
		"a second before": day.Start().Add(-time.Second),
		"at midnight":     day.Start(),
		"the same day":    day.At(9, 0),
	} {
		k.clock.Set(now)
		k.board.Forget()
		k.refused(name, k.kita, r, venue.WhyAfterHoliday)
	}
}

// What a booking is told, what availability, the board and the search say of a day, and what the
// rule itself says with every holiday known, is one judgement, whenever it is asked [C2].
func TestClosedDaysAgree(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.nation(2026, 2027)
	closings := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		hours := venue.Calendar{
			Seasons: []venue.Season{{Week: venue.EveryDay(venue.Hours{From: 9 * 60, To: 21 * 60})}},
			Holidays: rapid.SampledFrom(
				[]venue.HolidayRule{"", venue.HolidaysClosed, venue.HolidaysAsSunday},
			).Draw(
				rt,
				"holidays",
			),
			NextWeekday: rapid.IntRange(0, 4).Draw(rt, "next") > 0,
		}
		for _, weekday := range rapid.SliceOfNDistinct(
			rapid.SampledFrom(venue.WeekdayNames[:]),
			1,
			3,
			rapid.ID[string],
		).Draw(
			rt,
			"closed",
		) {
			rule := venue.ClosedRule{Kind: venue.ClosedWeekly, Weekday: weekday}
			if rapid.IntRange(0, 3).Draw(rt, "nth") == 0 {
				rule.Kind, rule.Nth = venue.ClosedNth, []int{2, 4}
			}
			hours.Closed = append(hours.Closed, rule)
		}
		document, err := json.Marshal(hours)
		if err != nil {
			rt.Fatal(err)
		}
		k.exec(`update facility set hours = $1`, document)
		today := rapid.SampledFrom(
			[]clock.Date{clock.NewDate(2026, 5, 6), clock.NewDate(2026, 9, 23), clock.NewDate(2027, 1, 1)},
		).Draw(
			rt,
			"today",
		).AddDays(
			rapid.IntRange(-2, 3).Draw(rt, "days later"),
		)
		known := venue.Holidays{}
		for _, h := range append(venue.NationalHolidays(2026), venue.NationalHolidays(2027)...) {
			known[h.Day] = h.Name
		}
		// A town's own holidays, in a row that ends about today; some days of the nation's it works
		// on.
		k.exec(`delete from local_holiday`)
		last := today.AddDays(rapid.IntRange(-1, 2).Draw(rt, "the row ends"))
		for i := range rapid.IntRange(0, 17).Draw(rt, "in a row") {
			d := last.AddDays(-i)
			observed := rapid.IntRange(0, 9).Draw(rt, "observed") > 0
			k.exec(
				`insert into local_holiday (organization_id, day, name, observed) values ($1, $2, '記念日', $3)`,
				k.kita.Organization,
				d.String(),
				observed,
			)
			if delete(known, d); observed {
				known[d] = "記念日"
			}
		}
		k.clock.Set(
			rapid.SampledFrom(
				[]time.Time{today.Start(), today.At(8, 59), today.AddDays(1).Start().Add(-time.Second)},
			).Draw(
				rt,
				"now",
			),
		)
		k.board.Forget()
		for n := 1; n <= 3; n++ {
			day := today.AddDays(n)
			want := hours.Day(day, known).Closed
			closings[want]++
			b, err := k.service.Place(
				k.Context(),
				k.kita,
				Request{RoomID: k.hall.Tea, StartsAt: day.At(10, 0), EndsAt: day.At(11, 0), Title: "会議"},
			)
			if got := fault.CodeOf(err); got != want {
				rt.Fatalf("%s: a booking is told %q (%v), the rule says %q", day, got, err, want)
			}
			if err == nil {
				k.exec(`delete from booking where id = $1`, b.ID)
			}
			a, err := k.board.Availability(
				k.Context(),
				k.kita.Organization,
				k.hall.Tea,
				day.Start(),
				day.AddDays(1).Start(),
			)
			if err != nil || len(a.Days) != 1 || a.Days[0].Closed != want {
				rt.Fatalf("%s: availability says %+v, %v, the rule %q", day, a.Days, err, want)
			}
			shown, err := k.board.Board(k.Context(), board.Query{Room: k.hall.Tea, From: day, Days: 1})
			if err != nil || len(shown.Rooms) != 1 || shown.Rooms[0].Days[0].Closed != want {
				rt.Fatalf("%s: the board says %+v, %v, the rule %q", day, shown.Rooms, err, want)
			}
			found, err := k.board.Free(
				k.Context(),
				board.FreeQuery{StartsAt: day.At(10, 0), EndsAt: day.At(11, 0), Limit: 20},
			)
			if err != nil {
				rt.Fatal(err)
			}
			if got := slices.ContainsFunc(
				found.Items,
				func(r board.FreeRoom) bool { return r.Room.ID == k.hall.Tea },
			); got != (want == "") {
				rt.Fatalf("%s: the search finds it: %v, the rule says %q", day, got, want)
			}
			near, err := k.board.Near(
				k.Context(),
				board.FreeQuery{StartsAt: day.At(10, 0), EndsAt: day.At(11, 0), Limit: 20},
			)
			if err != nil {
				rt.Fatal(err)
			}
			for _, one := range near {
				on := one.Day
				if one.Part == "" {
					on = clock.DateOf(one.StartsAt)
				}
				if why := hours.Day(on, known).Closed; why != "" {
					rt.Fatalf("near %s the search offers %s, the rule says %q", day, on, why)
				}
			}
		}
	})
	if closings[venue.WhyAfterHoliday] == 0 || closings[""] == 0 {
		t.Errorf("not everything was tried: %v", closings)
	}
}
