package recurrence

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

func mustParse(t testing.TB, text string) Rule {
	t.Helper()
	r, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func TestBetween(t *testing.T) {
	t.Parallel()
	start := clock.NewDate(2026, time.April, 1)
	for _, tt := range []struct{ rule, from, to, want string }{
		{"FREQ=MONTHLY;BYDAY=4SA", "2026-04-01", "2026-06-30", "2026-04-25 2026-05-23 2026-06-27"},
		{"RRULE:FREQ=MONTHLY;BYDAY=3SA,4SA", "2026-04-01", "2026-04-30", "2026-04-18 2026-04-25"},
		{"FREQ=MONTHLY;BYDAY=-1FR", "2026-05-01", "2026-05-31", "2026-05-29"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1", "2026-04-01", "2026-06-30", "2026-04-30 2026-05-31 2026-06-30"},
		{"FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO", "2026-04-01", "2026-08-31", "2026-04-06 2026-06-01 2026-08-03"},
		{"FREQ=MONTHLY", "2026-04-01", "2026-05-31", "2026-04-01 2026-05-01"},
		// from is included, to is included
		{"FREQ=WEEKLY", "2026-04-01", "2026-04-15", "2026-04-01 2026-04-08 2026-04-15"},
		{"FREQ=WEEKLY", "2026-04-02", "2026-04-14", "2026-04-08"},
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "2026-04-01", "2026-04-20", "2026-04-01 2026-04-13 2026-04-15"},
		{"FREQ=YEARLY", "2026-04-01", "2027-12-31", "2026-04-01 2027-04-01"},
		{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-04-01", "2028-12-31", "2028-02-29"},
		{"FREQ=YEARLY;BYMONTH=6,9;BYDAY=2SA", "2026-04-01", "2026-12-31", "2026-06-13 2026-09-12"},
		{"FREQ=YEARLY;BYDAY=-1MO", "2026-04-01", "2026-12-31", "2026-12-28"},
		{"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-05-01", "2026-05-31", "2026-05-29"},
		{"FREQ=DAILY;INTERVAL=10", "2026-04-01", "2026-04-30", "2026-04-01 2026-04-11 2026-04-21"},
		{"FREQ=MONTHLY;INTERVAL=0;BYMONTHDAY=5", "2026-04-01", "2026-05-31", "2026-04-05 2026-05-05"},
		{"FREQ=MONTHLY;BYMONTHDAY=5", "2026-03-01", "2026-03-31", ""}, // before it starts
	} {
		from, err := clock.ParseDate(tt.from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := clock.ParseDate(tt.to)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range mustParse(t, tt.rule).Between(start, from, to) {
			got = append(got, d.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s from %s to %s: %v, want %s", tt.rule, tt.from, tt.to, got, tt.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"",
		"FREQ=",
		"FREQ=HOURLY",
		"FREQ=SECONDLY",
		"BYDAY=MO",
		"FREQ=MONTHLY;COUNT=3",
		"FREQ=MONTHLY;UNTIL=20270101",
		"FREQ=MONTHLY;BYHOUR=3",
		"FREQ=MONTHLY;BYEASTER=1",
		"FREQ=MONTHLY;FREQ=DAILY",
		"FREQ=MONTHLY;INTERVAL=-1",
		"FREQ=MONTHLY;INTERVAL=1001",
		"FREQ=MONTHLY;INTERVAL=x",
		"FREQ=MONTHLY;BYMONTHDAY=0",
		"FREQ=MONTHLY;BYMONTHDAY=32",
		"FREQ=MONTHLY;BYMONTH=-1",
		"FREQ=MONTHLY;BYMONTH=13",
		"FREQ=MONTHLY;BYDAY=0MO",
		"FREQ=MONTHLY;BYDAY=54MO",
		"FREQ=MONTHLY;BYDAY=XX",
		"FREQ=MONTHLY;BYDAY=",
		"FREQ=MONTHLY;BYDAY=M",
		"FREQ=MONTHLY;BYSETPOS=367",
		"FREQ=MONTHLY;WKST=2MO",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=MONTHLY",
		"FREQ=MONTHLY;",
		"FREQ=MONTHLY;BYMONTHDAY=" + strings.Repeat("1,", 600) + "1",
	} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestParseTellsWhatIsNotSupported(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"FREQ=HOURLY",
		"FREQ=MONTHLY;COUNT=3",
		"FREQ=MONTHLY;UNTIL=20270101",
		"FREQ=MONTHLY;BYHOUR=3",
		"FREQ=YEARLY;BYEASTER=1",
	} {
		if _, err := Parse(text); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := Parse("FREQ=NEVER"); !errors.Is(err, ErrRule) || errors.Is(err, ErrUnsupported) {
		t.Errorf("FREQ=NEVER: %v", err)
	}
}

func TestIntervalIsToldAsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"FREQ=DAILY": 1, "FREQ=DAILY;INTERVAL=0": 0, "FREQ=DAILY;INTERVAL=2": 2} {
		if got := mustParse(t, text).Interval; got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
}

// drawRule draws rules that both implementations mean the same by.
func drawRule(t *rapid.T) string {
	frequency := rapid.SampledFrom([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}).Draw(t, "frequency")
	parts := []string{"FREQ=" + frequency}
	list := func(name string, most, from int) {
		if !rapid.Bool().Draw(t, name+" is told") {
			return
		}
		var all []string
		for range rapid.IntRange(1, 4).Draw(t, name+" count") {
			n := rapid.IntRange(from, most).Filter(func(n int) bool { return n != 0 }).Draw(t, name)
			all = append(all, fmt.Sprint(n))
		}
		parts = append(parts, name+"="+strings.Join(all, ","))
	}
	if rapid.Bool().Draw(t, "has interval") {
		parts = append(parts, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 7).Draw(t, "interval")))
	}
	list("BYMONTH", 12, 1)
	list("BYMONTHDAY", 31, -31)
	if frequency == "YEARLY" {
		list("BYYEARDAY", 366, -366)
		// rrule-go is unsure of the last weeks of a year, counted either way.
		list("BYWEEKNO", 51, 1)
	}
	if rapid.Bool().Draw(t, "has days") {
		// rrule-go wants MO,2TU to be both at once; the standard wants either.
		plain := frequency != "YEARLY" && frequency != "MONTHLY" || rapid.Bool().Draw(t, "plain days")
		var all []string
		for range rapid.IntRange(1, 3).Draw(t, "days") {
			day := rapid.SampledFrom([]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}).Draw(t, "day")
			if !plain {
				day = fmt.Sprint(rapid.IntRange(-5, 5).Filter(func(n int) bool { return n != 0 }).Draw(t, "nth")) + day
			}
			all = append(all, day)
		}
		parts = append(parts, "BYDAY="+strings.Join(all, ","))
	}
	if frequency != "WEEKLY" { // there rrule-go counts the days of a first week that is not whole
		list("BYSETPOS", 6, -6)
	}
	if frequency == "WEEKLY" && rapid.Bool().Draw(t, "has week start") {
		parts = append(parts, "WKST="+rapid.SampledFrom([]string{"SU", "MO", "WE"}).Draw(t, "week start"))
	}
	return strings.Join(parts, ";")
}

// TestAgreesWithAnotherImplementation holds the days against those of rrule-go, which is asked only
// for rules that fall again after the span: for others it goes on to the year 9999.
func TestAgreesWithAnotherImplementation(t *testing.T) {
	t.Parallel()
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		start := clock.NewDate(
			2026,
			time.Month(rapid.IntRange(1, 12).Draw(t, "month")),
			rapid.IntRange(1, 28).Draw(t, "day"),
		)
		from := start.AddDays(rapid.IntRange(0, 800).Draw(t, "days later"))
		to := from.AddDays(rapid.IntRange(0, 500).Draw(t, "days long"))
		r, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := r.Between(start, from, to)
		if len(r.Between(start, to.AddDays(1), to.AddDays(9*366))) == 0 {
			return
		}
		option, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		utc := func(d clock.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
		option.Dtstart = utc(start)
		other, err := rrule.NewRRule(*option)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var want []clock.Date
		for _, at := range other.Between(utc(from), utc(to), true) {
			want = append(want, clock.NewDate(at.Date()))
		}
		compared++
		if !slices.Equal(got, want) {
			t.Fatalf("%s from %s, between %s and %s: %v, rrule-go has %v", text, start, from, to, got, want)
		}
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

// FuzzRule holds every text that is read to its bounds: days in order, within the span, each once,
// and no more work for one rule than for another [S2]. A rule that went on looking would end the
// test by its time.
func FuzzRule(f *testing.F) {
	f.Add("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1;BYMONTH=2")
	f.Add("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
	f.Add("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5;INTERVAL=1000")
	f.Add("FREQ=YEARLY;BYWEEKNO=-53,53,1;BYDAY=SU;WKST=WE")
	f.Add("FREQ=DAILY;BYYEARDAY=366;BYMONTH=1;INTERVAL=0")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		start := clock.NewDate(2026, time.November, 1)
		from, to := start.AddDays(30), start.AddDays(30+731)
		got := r.Between(start, from, to)
		if len(got) > 732 {
			t.Fatalf("%s: %d days of 732", text, len(got))
		}
		for i, d := range got {
			if d.Before(from) || d.After(to) || i > 0 && !got[i-1].Before(d) {
				t.Fatalf("%s: %v", text, got)
			}
		}
	})
}

func TestParseAtTheEdges(t *testing.T) {
	t.Parallel()
	long := func(n int) string { // a rule of n bytes
		rule := "FREQ=MONTHLY;BYMONTHDAY="
		rule += strings.Repeat("1,", (n-len(rule)-1)/2)
		return rule + strings.Repeat("1", n-len(rule))
	}
	for _, tt := range []struct {
		fine, refused string
	}{
		{long(1000), long(1001)},
		{"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1"},
		{"FREQ=DAILY;INTERVAL=1000", "FREQ=DAILY;INTERVAL=1001"},
		{"FREQ=DAILY;BYMONTH=1", "FREQ=DAILY;BYMONTH=0"},
		{"FREQ=DAILY;BYMONTH=12", "FREQ=DAILY;BYMONTH=13"},
		{"FREQ=DAILY;BYMONTH=2", "FREQ=DAILY;BYMONTH=-1"},
		{"FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=32"},
		{"FREQ=MONTHLY;BYMONTHDAY=-31", "FREQ=MONTHLY;BYMONTHDAY=-32"},
		{"FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=0"},
		{"FREQ=YEARLY;BYYEARDAY=366", "FREQ=YEARLY;BYYEARDAY=367"},
		{"FREQ=YEARLY;BYYEARDAY=-366", "FREQ=YEARLY;BYYEARDAY=-367"},
		{"FREQ=YEARLY;BYWEEKNO=53", "FREQ=YEARLY;BYWEEKNO=54"},
		{"FREQ=YEARLY;BYWEEKNO=-53", "FREQ=YEARLY;BYWEEKNO=-54"},
		{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367"},
		{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-366", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=-367"},
		{"FREQ=YEARLY;BYDAY=53MO", "FREQ=YEARLY;BYDAY=54MO"},
		{"FREQ=YEARLY;BYDAY=-53MO", "FREQ=YEARLY;BYDAY=-54MO"},
		{"FREQ=YEARLY;BYDAY=1MO", "FREQ=YEARLY;BYDAY=0MO"},
		{"FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=O"},
		{"FREQ=MONTHLY;BYMONTHDAY=1,2", "FREQ=MONTHLY;BYMONTHDAY=1,"},
		{"FREQ=MONTHLY;BYMONTH=1", "FREQ=MONTHLY;BYMONTH=x"},
		{"FREQ=MONTHLY;BYDAY=2MO", "FREQ=MONTHLY;BYDAY=xMO"},
		{" RRULE:FREQ=DAILY ", "RRULE:RRULE:FREQ=DAILY"},
	} {
		if _, err := Parse(tt.fine); err != nil {
			t.Errorf("%.60s (%d bytes): %v", tt.fine, len(tt.fine), err)
		}
		if _, err := Parse(tt.refused); !errors.Is(err, ErrRule) {
			t.Errorf("%.60s (%d bytes) was read: %v", tt.refused, len(tt.refused), err)
		}
	}
}

func TestParseNamesThePartThatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"FREQ":                         "part 1",
		"FREQ=DAILY;x":                 "part 2",
		"FREQ=DAILY;FREQ=DAILY":        "part 2",
		"FREQ=NEVER":                   "part 1: unknown frequency",
		"FREQ=DAILY;WKST=XX":           "part 2: unknown day of the week",
		"FREQ=DAILY;WKST=MO;BYMONTH=0": "part 3: number out of range",
		"FREQ=DAILY;BYWHAT=1":          "part 2: unknown part",
		"WKST=MO":                      "no FREQ",
	} {
		if _, err := Parse(text); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if r := mustParse(t, "FREQ=YEARLY;BYMONTH=3,1,3;BYDAY=MO,2TU,MO"); len(r.months) != 2 || len(r.weekdays) != 2 {
		t.Errorf("what is told twice stands twice: %+v", r)
	}
	if r := mustParse(t, "FREQ=WEEKLY"); r.Interval != 1 || r.weekStart != time.Monday {
		t.Errorf("what is not told: %+v", r)
	}
}

func TestBetweenAtTheEdges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ rule, start, from, to, want string }{
		// the span
		{"FREQ=DAILY", "2026-04-01", "2026-04-03", "2026-04-03", "2026-04-03"},
		{"FREQ=DAILY", "2026-04-01", "2026-04-03", "2026-04-02", ""},
		{"FREQ=DAILY", "2026-04-01", "2026-03-01", "2026-03-31", ""},
		{"FREQ=DAILY", "2026-04-01", "2026-03-01", "2026-04-01", "2026-04-01"},
		// intervals count from the period of the start
		{"FREQ=YEARLY;INTERVAL=2", "2026-04-01", "2026-01-01", "2030-12-31", "2026-04-01 2028-04-01 2030-04-01"},
		{"FREQ=YEARLY;INTERVAL=2", "2026-12-31", "2027-01-01", "2028-12-31", "2028-12-31"},
		{"FREQ=MONTHLY;INTERVAL=5", "2026-11-30", "2026-11-01", "2027-12-31", "2026-11-30 2027-04-30 2027-09-30"},
		{"FREQ=MONTHLY;INTERVAL=13", "2026-01-31", "2026-01-01", "2028-12-31", "2026-01-31 2028-03-31"},
		{
			"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO",
			"2026-04-05",
			"2026-04-01",
			"2026-04-30",
			"2026-04-05 2026-04-13 2026-04-19 2026-04-27",
		},
		{
			"FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
			"2026-04-05",
			"2026-04-01",
			"2026-04-30",
			"2026-04-05 2026-04-06 2026-04-19 2026-04-20",
		},
		{"FREQ=DAILY;INTERVAL=2", "2026-04-30", "2026-05-01", "2026-05-04", "2026-05-02 2026-05-04"},
		{"FREQ=YEARLY;INTERVAL=2;BYYEARDAY=1,2", "2026-01-01", "2026-01-01", "2027-12-31", "2026-01-01 2026-01-02"},
		{"FREQ=YEARLY;INTERVAL=2;BYYEARDAY=-1", "2027-01-01", "2026-01-01", "2029-01-31", "2027-12-31"},
		{"FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=1,2", "2026-01-01", "2026-01-01", "2026-02-28", "2026-01-01 2026-01-02"},
		{"FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=-1", "2026-02-01", "2026-01-01", "2026-03-31", "2026-02-28"},
		// what a rule leaves to its start
		{"FREQ=YEARLY;BYMONTH=5", "2026-04-09", "2026-01-01", "2026-12-31", "2026-05-09"},
		{"FREQ=WEEKLY;BYMONTH=5", "2026-04-09", "2026-05-01", "2026-05-15", "2026-05-07 2026-05-14"},
		{
			"FREQ=YEARLY;BYWEEKNO=20",
			"2026-01-01",
			"2026-01-01",
			"2026-12-31",
			"2026-05-11 2026-05-12 2026-05-13 2026-05-14 2026-05-15 2026-05-16 2026-05-17",
		},
		{"FREQ=MONTHLY;BYYEARDAY=100", "2026-01-01", "2026-01-01", "2026-12-31", "2026-04-10"},
		// the ends of months and years
		{
			"FREQ=MONTHLY;BYMONTHDAY=-1,-31",
			"2026-01-01",
			"2026-01-01",
			"2026-02-28",
			"2026-01-01 2026-01-31 2026-02-28",
		},
		{"FREQ=YEARLY;BYYEARDAY=-1,1", "2026-01-01", "2026-01-01", "2026-12-31", "2026-01-01 2026-12-31"},
		{"FREQ=YEARLY;BYYEARDAY=366,-366", "2027-01-01", "2027-01-01", "2028-12-31", "2028-01-01 2028-12-31"},
		{"FREQ=YEARLY;BYYEARDAY=365", "2026-01-01", "2026-01-01", "2026-12-31", "2026-12-31"},
		// the nth of a month and of a year
		{"FREQ=MONTHLY;BYDAY=5WE,-5WE", "2026-04-01", "2026-04-01", "2026-05-31", "2026-04-01 2026-04-29"},
		{"FREQ=MONTHLY;BYDAY=1WE,2WE", "2026-04-01", "2026-04-01", "2026-04-30", "2026-04-01 2026-04-08"},
		{"FREQ=MONTHLY;BYDAY=-1TH,-2TH", "2026-04-01", "2026-04-01", "2026-04-30", "2026-04-23 2026-04-30"},
		{"FREQ=YEARLY;BYDAY=53TH,-53TH,1TH,-1TH", "2026-01-01", "2026-01-01", "2026-12-31", "2026-01-01 2026-12-31"},
		{"FREQ=YEARLY;BYMONTH=4;BYDAY=-1TH", "2026-01-01", "2026-01-01", "2026-12-31", "2026-04-30"},
		{"FREQ=WEEKLY;BYDAY=2MO", "2026-04-01", "2026-04-01", "2026-04-15", "2026-04-06 2026-04-13"},
		// weeks of ISO 8601: 2026 has 53, 2027 has 52 and begins on 4 January
		{"FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2026-01-01", "2026-01-01", "2027-12-31", "2026-12-28"},
		{"FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", "2026-01-01", "2026-01-01", "2027-12-31", "2026-12-28 2027-12-27"},
		{"FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "2026-01-01", "2026-01-01", "2027-12-31", "2027-01-04"},
		{"FREQ=YEARLY;BYWEEKNO=1;BYDAY=TH", "2026-01-01", "2026-01-01", "2027-12-31", "2026-01-01 2027-01-07"},
		{"FREQ=YEARLY;BYWEEKNO=-53;BYDAY=TH", "2026-01-01", "2026-01-01", "2027-12-31", "2026-01-01"},
		{"FREQ=YEARLY;BYWEEKNO=1;BYDAY=SU;WKST=SU", "2026-01-01", "2026-01-01", "2027-12-31", "2026-01-04 2027-01-03"},
		// positions within a period
		{"FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1,-1", "2026-04-01", "2026-04-01", "2026-04-30", "2026-04-06 2026-04-28"},
		{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2,-2", "2026-04-01", "2026-04-01", "2026-04-30", "2026-04-13 2026-04-20"},
		{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=5,-5", "2026-04-01", "2026-04-01", "2026-04-30", ""},
		{"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", "2026-04-10", "2026-04-10", "2026-05-10", "2026-05-04"},
	} {
		var at [3]clock.Date
		for i, text := range []string{tt.start, tt.from, tt.to} {
			var err error
			if at[i], err = clock.ParseDate(text); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, d := range mustParse(t, tt.rule).Between(at[0], at[1], at[2]) {
			got = append(got, d.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s of %s from %s to %s: %v, want %s", tt.rule, tt.start, tt.from, tt.to, got, tt.want)
		}
	}
}

func TestFallsWithinSoManyDays(t *testing.T) {
	t.Parallel()
	r := mustParse(t, "FREQ=MONTHLY;BYMONTHDAY=5")
	start := clock.NewDate(2026, time.April, 1)
	for days, want := range map[int]bool{0: false, 1: false, 4: false, 5: true, 6: true} {
		if got := r.FallsWithin(start, days); got != want {
			t.Errorf("within %d days: %v", days, got)
		}
	}
	if !r.FallsWithin(clock.NewDate(2026, time.April, 5), 1) {
		t.Error("on the first day")
	}
}
