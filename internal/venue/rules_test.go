package venue

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

func at(s string) TimeOfDay {
	t, err := ParseTime(s)
	if err != nil {
		panic(err)
	}
	return t
}

func hours(from, to string) Hours { return Hours{at(from), at(to)} }

func day(s string) clock.Date {
	d, err := clock.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func monthDay(month time.Month, d int) *MonthDay { return &MonthDay{month, d} }

// A ward's hall: closed on Mondays (or the next weekday when Monday is a holiday) and over the turn
// of the year; shorter hours in winter.
func hall() Calendar {
	return Calendar{
		Seasons: []Season{
			{
				First: monthDay(time.December, 1),
				Last:  monthDay(time.February, 29),
				Week:  EveryDay(hours("9:00", "20:00")),
			},
			{
				Week: Week{
					Tue: []Hours{hours("9:00", "21:30")},
					Wed: []Hours{hours("9:00", "21:30")},
					Thu: []Hours{hours("9:00", "21:30")},
					Fri: []Hours{hours("9:00", "21:30")},
					Mon: []Hours{hours("9:00", "21:30")},
					Sat: []Hours{hours("9:00", "21:30")},
					Sun: []Hours{hours("9:00", "17:00")},
				},
			},
		},
		Closed: []ClosedRule{
			{
				Kind:    ClosedWeekly,
				Weekday: "mon",
			},
			{Kind: ClosedNth, Weekday: "thu", Nth: []int{4}},
			{Kind: ClosedYearly, First: monthDay(time.December, 29), Last: monthDay(time.January, 3)},
		},
		Holidays: HolidaysAsSunday, NextWeekday: true,
	}
}

func blocks() Uses {
	return Uses{Mode: ByBlocks, Blocks: []Block{
		{
			Key:   "morning",
			Name:  "午前",
			Kind:  PlainBlock,
			Hours: hours("9:00", "12:00"),
		},
		{Key: "noon", Name: "昼の延長", Kind: Extension, Hours: hours("12:00", "13:00")},
		{
			Key:   "afternoon",
			Name:  "午後",
			Kind:  PlainBlock,
			Hours: hours("13:00", "17:00"),
		},
		{Key: "evening", Name: "夜間", Kind: PlainBlock, Hours: hours("18:00", "21:30")},
		{Key: "full_day", Name: "全日", Kind: WholeDay, Hours: hours("9:00", "21:30")},
	}}
}

func holidays(years ...int) Holidays {
	all := Holidays{}
	for _, y := range years {
		for _, h := range NationalHolidays(y) {
			all[h.Day] = h.Name
		}
	}
	return all
}

func TestDays(t *testing.T) {
	t.Parallel()
	known := holidays(2025, 2026, 2027)
	for written, want := range map[string]struct {
		closed string
		open   string
	}{
		"2026-11-24": {WhyNoHours, ""}, // replaced below
		"2026-11-25": {"", "09:00-21:30"},
		"2026-11-26": {WhyNth, ""},          // fourth Thursday
		"2026-11-16": {WhyWeekly, ""},       // a Monday
		"2026-11-23": {"", "09:00-17:00"},   // 勤労感謝の日, a Monday: open, as a Sunday
		"2026-12-29": {WhyYearly, ""},       // a Tuesday
		"2027-01-03": {WhyYearly, ""},       // the other end of it
		"2027-01-05": {"", "09:00-20:00"},   // winter
		"2028-02-29": {"", "09:00-20:00"},   // the season's last day
		"2026-09-21": {"", "09:00-17:00"},   // 敬老の日
		"2026-09-22": {"", "09:00-17:00"},   // 国民の休日
		"2026-09-23": {"", "09:00-17:00"},   // 秋分の日
		"2026-09-24": {WhyAfterHoliday, ""}, // the first weekday after them; the fourth Thursday, too
		"2026-09-25": {"", "09:00-21:30"},
	} {
		if written == "2026-11-24" {
			want.closed = WhyAfterHoliday
		}
		if written == "2026-09-24" {
			want.closed = WhyNth // said first
		}
		d := hall().Day(day(written), known)
		open := ""
		if len(d.Open) > 0 {
			open = d.Open[0].From.String() + "-" + d.Open[0].To.String()
		}
		if d.Closed != want.closed || open != want.open {
			t.Errorf("%s is %q %q, want %q %q", written, d.Closed, open, want.closed, want.open)
		}
	}
	closed := Calendar{Seasons: []Season{{Week: EveryDay(hours("9:00", "17:00"))}}, Holidays: HolidaysClosed}
	if d := closed.Day(day("2026-05-06"), known); d.Closed != WhyHoliday || d.Holiday != "振替休日" {
		t.Errorf("a holiday is %+v", d)
	}
	if d := (Calendar{}).Day(day("2026-05-07"), known); d.Closed != WhyNoHours {
		t.Errorf("without hours: %+v", d)
	}
}

// A closed day that was a holiday is made up for on the first weekday after it, if that comes
// within two weeks [C2].
func TestHowFarAClosedDayIsCarried(t *testing.T) {
	t.Parallel()
	c := Calendar{
		Seasons: []Season{{Week: EveryDay(hours("9:00", "17:00"))}}, NextWeekday: true,
		Closed: []ClosedRule{{Kind: ClosedNth, Weekday: "tue", Nth: []int{4}}},
	}
	holiday := day("2026-09-22") // the fourth Tuesday
	for off, want := range map[int]string{
		1:  WhyAfterHoliday,
		3:  WhyAfterHoliday,
		6:  WhyAfterHoliday,
		13: WhyAfterHoliday,
		14: WhyAfterHoliday,
		15: "",
	} {
		known := Holidays{}
		for d := holiday; d.DaysUntil(holiday.AddDays(off)) > 0; d = d.AddDays(1) {
			known[d] = "休み"
		}
		if got := c.Day(holiday.AddDays(off), known).Closed; got != want {
			t.Errorf("%d days later: %q, want %q", off, got, want)
		}
		// What lies before HolidaysFrom decides nothing.
		for d := range known {
			if d.Before(HolidaysFrom(holiday.AddDays(off))) {
				delete(known, d)
			}
		}
		if got := c.Day(holiday.AddDays(off), known).Closed; got != want {
			t.Errorf("%d days later, by the holidays one loads: %q, want %q", off, got, want)
		}
	}
}

// The Cabinet Office's list.
func TestNationalHolidays(t *testing.T) {
	t.Parallel()
	for year, want := range map[int][]string{
		2026: {"01-01 元日", "01-12 成人の日", "02-11 建国記念の日", "02-23 天皇誕生日", "03-20 春分の日", "04-29 昭和の日", "05-03 憲法記念日",
			"05-04 みどりの日", "05-05 こどもの日",
			"05-06 振替休日", "07-20 海の日", "08-11 山の日", "09-21 敬老の日", "09-22 国民の休日", "09-23 秋分の日", "10-12 スポーツの日",
			"11-03 文化の日", "11-23 勤労感謝の日"},
		2027: {"01-01 元日", "01-11 成人の日", "02-11 建国記念の日", "02-23 天皇誕生日", "03-21 春分の日", "03-22 振替休日", "04-29 昭和の日",
			"05-03 憲法記念日", "05-04 みどりの日",
			"05-05 こどもの日", "07-19 海の日", "08-11 山の日", "09-20 敬老の日", "09-23 秋分の日", "10-11 スポーツの日", "11-03 文化の日",
			"11-23 勤労感謝の日"},
	} {
		var got []string
		for _, h := range NationalHolidays(year) {
			got = append(got, h.Day.String()[5:]+" "+h.Name)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d: %v\nwant %v", year, got, want)
		}
	}
}

func codes(problems []Problem) []string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Code)
	}
	return all
}

func TestCheck(t *testing.T) {
	t.Parallel()
	rules := Rules{Facility: hall(), Uses: blocks(), Holidays: holidays(2026, 2027)}
	grid := rules
	grid.Uses = Uses{Mode: ByGrid, Grid: 30, Least: 60, Most: 240}
	late := rules
	late.Facility = Calendar{Seasons: []Season{{Week: EveryDay(hours("18:00", "24:00"))}}}
	late.Uses = Uses{Mode: ByGrid, Grid: 60}
	shut := rules
	shut.Closures = []Closure{{Span{day("2026-11-25").At(13, 0), day("2026-11-25").At(15, 0)}, "点検"}}
	open := day("2026-11-25")
	for name, c := range map[string]struct {
		rules Rules
		span  Span
		want  []string
	}{
		"a block":                    {rules, hours("9:00", "12:00").On(open), nil},
		"two with what lies between": {rules, hours("9:00", "17:00").On(open), nil},
		"with the extension":         {rules, hours("9:00", "13:00").On(open), nil},
		"the extension before":       {rules, hours("12:00", "17:00").On(open), nil},
		"the extension alone":        {rules, hours("12:00", "13:00").On(open), []string{NotABlock}},
		"afternoon and evening":      {rules, hours("13:00", "21:30").On(open), nil},
		"the whole day":              {rules, hours("9:00", "21:30").On(open), nil},
		"half a block":               {rules, hours("9:00", "11:00").On(open), []string{NotABlock}},
		"nothing":                    {rules, Span{open.At(9, 0), open.At(9, 0)}, []string{SpanEmpty}},
		"turned round":               {rules, Span{open.At(12, 0), open.At(9, 0)}, []string{SpanEmpty}},
		"over midnight":              {rules, Span{open.At(18, 0), open.At(26, 0)}, []string{SpanMidnight}},
		"endless": {rules, Span{open.At(18, 0), open.AddDays(40000).Start()},
			[]string{SpanMidnight}},
		"seconds": {rules, Span{open.At(9, 0).Add(time.Second), open.At(12, 0)},
			[]string{SpanSeconds}},
		"the year 9999": {rules, hours("9:00", "12:00").On(clock.NewDate(9999, 12, 31)),
			[]string{SpanYears}},
		"a closed day":        {rules, hours("9:00", "12:00").On(day("2026-11-16")), []string{WhyWeekly}},
		"a holiday's evening": {rules, hours("18:00", "21:30").On(day("2026-11-23")), []string{OutsideHours}},
		"closed for once":     {shut, hours("13:00", "17:00").On(open), []string{ClosedOnce}},
		"beside that":         {shut, hours("9:00", "12:00").On(open), nil},
		"on the grid":         {grid, hours("9:30", "11:00").On(open), nil},
		"off the grid":        {grid, hours("9:15", "11:00").On(open), []string{OffGrid}},
		"too short":           {grid, hours("9:30", "10:00").On(open), []string{TooShort}},
		"too long":            {grid, hours("9:00", "14:00").On(open), []string{TooLong}},
		"until 24:00":         {late, hours("22:00", "24:00").On(open), nil},
		"a moment of another zone": {rules,
			Span{open.At(9, 0).UTC(), open.At(12, 0).In(time.FixedZone("CEST", 7200))}, nil},
		"all wrong at once": {grid, hours("7:15", "7:30").On(open), []string{OutsideHours, OffGrid, TooShort}},
	} {
		if got := codes(c.rules.Check(c.span)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestBlocksOfADay(t *testing.T) {
	t.Parallel()
	rules := Rules{Facility: hall(), Uses: blocks(), Holidays: holidays(2026)}
	keys := func(r Rules, d string) (all []string) {
		for _, b := range r.Blocks(day(d)) {
			all = append(all, b.Key)
		}
		return all
	}
	if got := keys(
		rules,
		"2026-11-25",
	); !slices.Equal(
		got,
		[]string{"morning", "full_day", "noon", "afternoon", "evening"},
	) {
		t.Errorf("a usual day has %v", got)
	}
	if got := keys(rules, "2026-11-23"); !slices.Equal(got, []string{"morning", "noon", "afternoon"}) {
		t.Errorf("a short day has %v", got)
	}
	if got := keys(rules, "2026-11-16"); got != nil {
		t.Errorf("a closed day has %v", got)
	}
	rules.Closures = []Closure{{Span{day("2026-11-25").At(12, 30), day("2026-11-25").At(13, 30)}, "点検"}}
	if got := keys(rules, "2026-11-25"); !slices.Equal(got, []string{"morning", "evening"}) {
		t.Errorf("a day with a closing has %v", got)
	}
	rules.Uses = Uses{Mode: ByGrid, Grid: 30}
	got := rules.Blocks(day("2026-11-25"))
	if len(got) != 2 || got[0].Hours != hours("9:00", "12:30") || got[1].Hours != hours("13:30", "21:30") {
		t.Errorf("a grid's day has %v", got)
	}
}

// Whatever the rules and the span: what is allowed lies in the day's hours, in no closing, and on
// blocks or the grid; and asking never panics.
func TestWhatIsAllowedKeepsTheRules(t *testing.T) {
	t.Parallel()
	known := holidays(2026, 2027)
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.Custom(func(t *rapid.T) Hours {
			from := rapid.IntRange(0, 95).Draw(t, "from")
			return Hours{TimeOfDay(from * 15), TimeOfDay(rapid.IntRange(from+1, 96).Draw(t, "to") * 15)}
		})
		rules := Rules{Holidays: known, Facility: Calendar{
			Seasons: []Season{
				{
					Week: Week{
						Mon: []Hours{times.Draw(t, "mon")},
						Sat: []Hours{times.Draw(t, "sat")},
						Sun: []Hours{times.Draw(t, "sun")},
					},
				},
			},
			Holidays: rapid.SampledFrom(
				[]HolidayRule{"", HolidaysClosed, HolidaysAsSunday},
			).Draw(
				t,
				"holidays",
			),
			NextWeekday: rapid.Bool().Draw(t, "next"),
		}}
		if rapid.Bool().Draw(t, "closed") {
			rules.Facility.Closed = []ClosedRule{
				{Kind: ClosedWeekly, Weekday: rapid.SampledFrom(WeekdayNames[:]).Draw(t, "weekday")},
			}
		}
		rules.Uses = rapid.SampledFrom([]Uses{blocks(), {Mode: ByGrid, Grid: 30, Least: 30, Most: 300}}).Draw(t, "uses")
		d := day("2026-01-01").AddDays(rapid.IntRange(0, 700).Draw(t, "day"))
		if rapid.Bool().Draw(t, "closing") {
			rules.Closures = []Closure{{times.Draw(t, "closing").On(d), "x"}}
		}
		h := times.Draw(t, "span")
		if rapid.Bool().Draw(t, "a block") {
			h = rapid.SampledFrom(blocks().Blocks).Draw(t, "block").Hours
		}
		span := h.On(d)
		is := rules.Day(d)
		if len(rules.Check(span)) == 0 {
			if is.Closed != "" || !is.Open[0].Contains(h) {
				t.Fatalf("%v on %s is allowed, the day is %+v", h, d, is)
			}
			for _, c := range rules.Closures {
				if c.Overlaps(span) {
					t.Fatalf("%v on %s is allowed in the closing %v", h, d, c)
				}
			}
			if rules.Uses.Mode == ByBlocks && rules.Uses.Compose(h) == nil ||
				rules.Uses.Mode == ByGrid && (h.From%30 != 0 || h.Minutes() > 300) {
				t.Fatalf("%v on %s is allowed by %+v", h, d, rules.Uses)
			}
		}
		for _, b := range rules.Blocks(d) {
			if problems := rules.Check(
				b.On(d),
			); rules.Uses.Mode == ByBlocks && b.Kind != Extension &&
				len(problems) > 0 {
				t.Fatalf("%s has the block %v, which is refused: %v", d, b, problems)
			}
		}
		run := rules.Uses.Compose(h)
		for i, b := range run {
			if i > 0 && b.From < run[i-1].To {
				t.Fatalf("the run %v overlaps itself", run)
			}
		}
		if run != nil && (run[0].From != h.From || run[len(run)-1].To != h.To) {
			t.Fatalf("%v is made of %v", h, run)
		}
	})
}

func TestTimes(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"",
		"25:00",
		"24:01",
		"9",
		"9:60",
		"0900",
		"９:００",
		"-1:00",
		"09:00:00",
		"24:00 ",
		"aa:bb",
	} {
		if got, err := ParseTime(s); err == nil {
			t.Errorf("%q is read as %s", s, got)
		}
	}
	for s, want := range map[string]TimeOfDay{"0:00": 0, "00:00": 0, "9:05": 545, "24:00": EndOfDay} {
		if got, err := ParseTime(s); err != nil || got != want {
			t.Errorf("%q is read as %d, %v", s, got, err)
		}
	}
	if got := at("24:00").On(day("2026-11-25")); !got.Equal(day("2026-11-26").Start()) {
		t.Errorf("24:00 is %s", got)
	}
	// The documents read back as they were written.
	for _, doc := range []any{hall(), blocks(), []Term{{Who: Own, OpensMonths: 3, OpensTime: at("9:00")}}} {
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		again := map[bool]any{}
		switch doc.(type) {
		case Calendar:
			var c Calendar
			err = json.Unmarshal(raw, &c)
			again[true] = c
		case Uses:
			var u Uses
			err = json.Unmarshal(raw, &u)
			again[true] = u
		default:
			var l []Term
			err = json.Unmarshal(raw, &l)
			again[true] = l
		}
		twice, _ := json.Marshal(again[true])
		if err != nil || string(twice) != string(raw) {
			t.Errorf("%s reads back as %s (%v)", raw, twice, err)
		}
	}
}
