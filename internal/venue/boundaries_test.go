package venue

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

// keysOf joins the keys of blocks.
func keysOf(blocks []Block) string {
	var keys []string
	for _, b := range blocks {
		keys = append(keys, b.Key)
	}
	return strings.Join(keys, "+")
}

func TestComposeAtTheEdgesOfBlocks(t *testing.T) {
	t.Parallel()
	plain := func(key, from, to string) Block { return Block{Key: key, Kind: PlainBlock, Hours: hours(from, to)} }
	extension := func(key, from, to string) Block { return Block{Key: key, Kind: Extension, Hours: hours(from, to)} }
	whole := func(key, from, to string) Block { return Block{Key: key, Kind: WholeDay, Hours: hours(from, to)} }
	gapAfter := []Block{plain("morning", "9:00", "12:00"), extension("late", "13:00", "14:00")}
	gapBefore := []Block{extension("early", "8:00", "9:00"), plain("noon", "10:00", "12:00")}
	touching := []Block{
		extension("early", "8:00", "9:00"), plain("morning", "9:00", "12:00"), extension("late", "12:00", "13:00"),
	}
	between := []Block{
		plain("morning", "9:00", "12:00"), extension("noon", "12:00", "13:00"), plain("evening", "17:00", "21:00"),
	}
	two := []Block{
		plain("morning", "9:00", "12:00"), extension("a", "12:00", "13:00"), extension("b", "13:00", "14:00"),
	}
	named := []Block{
		plain("morning", "9:00", "12:00"), plain("afternoon", "13:00", "17:00"), whole("day", "9:00", "17:00"),
	}
	for name, c := range map[string]struct {
		blocks []Block
		span   Hours
		want   string
	}{
		"an extension that touches the block before":     {touching, hours("9:00", "13:00"), "morning+late"},
		"an extension that touches the block after":      {touching, hours("8:00", "12:00"), "early+morning"},
		"extensions on both sides":                       {touching, hours("8:00", "13:00"), "early+morning+late"},
		"an extension across a gap after the block":      {gapAfter, hours("9:00", "14:00"), ""},
		"an extension across a gap before the block":     {gapBefore, hours("8:00", "12:00"), ""},
		"an extension alone":                             {touching, hours("12:00", "13:00"), ""},
		"an extension that touches one of two blocks":    {between, hours("9:00", "21:00"), "morning+noon+evening"},
		"an extension before a gap, without its block":   {between, hours("12:00", "21:00"), ""},
		"an extension that touches another one":          {two, hours("9:00", "14:00"), "morning+a+b"},
		"extensions without a block":                     {two, hours("12:00", "14:00"), ""},
		"blocks with a gap between them":                 {between[:1], hours("9:00", "12:00"), "morning"},
		"a minute too early":                             {touching, hours("8:59", "12:00"), ""},
		"a minute too long":                              {touching, hours("9:00", "12:01"), ""},
		"a minute too short":                             {touching, hours("9:00", "11:59"), ""},
		"a whole block stands for what it is made of":    {named, hours("9:00", "17:00"), "day"},
		"a part of a whole block is made of its blocks":  {named, hours("13:00", "17:00"), "afternoon"},
		"no block begins there":                          {named, hours("12:00", "17:00"), ""},
		"a room without blocks":                          {nil, hours("9:00", "12:00"), ""},
		"a span that ends in the gap between two blocks": {named, hours("9:00", "12:30"), ""},
	} {
		if got := keysOf(Uses{Mode: ByBlocks, Blocks: c.blocks}.Compose(c.span)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSeasonsAtTheirFirstAndLastDay(t *testing.T) {
	t.Parallel()
	summer, winter, rest := hours("8:00", "20:00"), hours("10:00", "16:00"), hours("9:00", "17:00")
	c := Calendar{Seasons: []Season{
		{First: monthDay(time.July, 1), Last: monthDay(time.August, 31), Week: EveryDay(summer)},
		{First: monthDay(time.December, 15), Last: monthDay(time.January, 15), Week: EveryDay(winter)},
		{Week: EveryDay(rest)},
	}}
	for written, want := range map[string]Hours{
		"2026-06-30": rest, "2026-07-01": summer, "2026-08-31": summer, "2026-09-01": rest,
		"2026-12-14": rest, "2026-12-15": winter, "2027-01-15": winter, "2027-01-16": rest,
	} {
		if got := c.Day(day(written), nil).Open; !slices.Equal(got, []Hours{want}) {
			t.Errorf("%s is open %v, want %v", written, got, want)
		}
	}
}

func TestClosedDaysAtTheirEdges(t *testing.T) {
	t.Parallel()
	open := []Season{{Week: EveryDay(hours("9:00", "17:00"))}}
	yearly := Calendar{Seasons: open, Closed: []ClosedRule{
		{Kind: ClosedYearly, First: monthDay(time.December, 29), Last: monthDay(time.January, 3)},
		{Kind: ClosedYearly, First: monthDay(time.August, 13), Last: monthDay(time.August, 15)},
	}}
	nth := Calendar{Seasons: open, Closed: []ClosedRule{{Kind: ClosedNth, Weekday: "thu", Nth: []int{1, 5}}}}
	monday := Calendar{Seasons: open, Closed: []ClosedRule{{Kind: ClosedWeekly, Weekday: "mon"}}}
	carried := monday
	carried.NextWeekday = true
	holidaysOff := carried
	holidaysOff.Holidays = HolidaysClosed
	known := Holidays{
		day("2026-11-02"): "月曜の祝日", day("2026-11-03"): "火曜の祝日",
		day("2026-11-13"): "金曜の祝日", day("2026-11-16"): "月曜の祝日",
	}
	for name, c := range map[string]struct {
		calendar Calendar
		day      string
		want     string
	}{
		"the day before a yearly closing":                    {yearly, "2026-12-28", ""},
		"its first day":                                      {yearly, "2026-12-29", WhyYearly},
		"the end of the year":                                {yearly, "2026-12-31", WhyYearly},
		"its last day":                                       {yearly, "2027-01-03", WhyYearly},
		"the day after":                                      {yearly, "2027-01-04", ""},
		"the day before a closing within a year":             {yearly, "2026-08-12", ""},
		"its first day in the summer":                        {yearly, "2026-08-13", WhyYearly},
		"its last day in the summer":                         {yearly, "2026-08-15", WhyYearly},
		"the day after it in the summer":                     {yearly, "2026-08-16", ""},
		"the first Thursday":                                 {nth, "2026-10-01", WhyNth},
		"the latest first Thursday":                          {nth, "2027-01-07", WhyNth},
		"the earliest second Thursday":                       {nth, "2026-10-08", ""},
		"the fourth Thursday":                                {nth, "2026-10-22", ""},
		"the fifth Thursday":                                 {nth, "2026-10-29", WhyNth},
		"the first Friday":                                   {nth, "2026-10-02", ""},
		"a Monday":                                           {monday, "2026-11-09", WhyWeekly},
		"a Monday that is a holiday":                         {monday, "2026-11-02", WhyWeekly},
		"the day after it, when nothing is carried":          {monday, "2026-11-04", ""},
		"a Monday that is a holiday, carried":                {carried, "2026-11-02", ""},
		"a holiday is no weekday to carry to":                {carried, "2026-11-03", ""},
		"the first weekday after both":                       {carried, "2026-11-04", WhyAfterHoliday},
		"the second weekday after both":                      {carried, "2026-11-05", ""},
		"a holiday that was no closed day carries nothing":   {carried, "2026-11-15", ""},
		"a weekday between a holiday and a Monday":           {carried, "2026-11-12", ""},
		"a weekday after a weekend and a holiday Monday":     {carried, "2026-11-17", WhyAfterHoliday},
		"holidays closed: a Monday that is one":              {holidaysOff, "2026-11-02", WhyHoliday},
		"holidays closed: a Friday that is one":              {holidaysOff, "2026-11-13", WhyHoliday},
		"holidays closed: the Monday is carried nonetheless": {holidaysOff, "2026-11-04", WhyAfterHoliday},
	} {
		if got := c.calendar.Day(day(c.day), known).Closed; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSpansAtTheirBounds(t *testing.T) {
	t.Parallel()
	d := day("2026-11-25")
	grid := func(least, most int) Rules {
		return Rules{
			Facility: Calendar{Seasons: []Season{{Week: EveryDay(hours("9:00", "12:00"), hours("13:00", "17:00"))}}},
			Uses:     Uses{Mode: ByGrid, Grid: 15, Least: least, Most: most},
			Closures: []Closure{{Span{d.At(14, 0), d.At(15, 0)}, "点検"}},
		}
	}
	free, bounded := grid(0, 0), grid(60, 120)
	for name, c := range map[string]struct {
		rules Rules
		span  Span
		want  []string
	}{
		"from opening to closing":    {free, hours("9:00", "12:00").On(d), nil},
		"a step before opening":      {free, hours("8:45", "12:00").On(d), []string{OutsideHours}},
		"a step after closing":       {free, hours("9:00", "12:15").On(d), []string{OutsideHours}},
		"over the break":             {free, hours("11:00", "14:00").On(d), []string{OutsideHours}},
		"up to a closing for once":   {free, hours("13:00", "14:00").On(d), nil},
		"a step into it":             {free, hours("13:00", "14:15").On(d), []string{ClosedOnce}},
		"from its end":               {free, hours("15:00", "17:00").On(d), nil},
		"a step before its end":      {free, hours("14:45", "17:00").On(d), []string{ClosedOnce}},
		"starts off the grid":        {free, hours("9:10", "10:00").On(d), []string{OffGrid}},
		"ends off the grid":          {free, hours("9:00", "10:10").On(d), []string{OffGrid}},
		"the least":                  {bounded, hours("9:00", "10:00").On(d), nil},
		"a step less than the least": {bounded, hours("9:00", "9:45").On(d), []string{TooShort}},
		"the most":                   {bounded, hours("9:00", "11:00").On(d), nil},
		"a step more than the most":  {bounded, hours("9:00", "11:15").On(d), []string{TooLong}},
		"the first year":             {free, hours("9:00", "12:00").On(clock.NewDate(2000, 1, 1)), nil},
		"the year before": {free, hours("9:00", "12:00").On(clock.NewDate(1999, 12, 31)),
			[]string{SpanYears}},
		"the last year": {free, hours("9:00", "12:00").On(clock.NewDate(2099, 12, 31)), nil},
		"the year after": {free, hours("9:00", "12:00").On(clock.NewDate(2100, 1, 1)),
			[]string{SpanYears}},
		"a second at the end": {free, Span{d.At(9, 0), d.At(12, 0).Add(time.Second)},
			[]string{SpanSeconds}},
		"a nanosecond": {free, Span{d.At(9, 0), d.At(9, 0).Add(time.Nanosecond)},
			[]string{SpanSeconds}},
		"from midnight, when it is not open": {free, hours("0:00", "9:00").On(d), []string{OutsideHours}},
	} {
		if got := codes(c.rules.Check(c.span)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestClosingsCutAGrid(t *testing.T) {
	t.Parallel()
	d := day("2026-11-25")
	for name, c := range map[string]struct {
		closings []Hours
		want     []Hours
	}{
		"none":                {nil, []Hours{hours("9:00", "17:00")}},
		"before opening":      {[]Hours{hours("8:00", "9:00")}, []Hours{hours("9:00", "17:00")}},
		"after closing":       {[]Hours{hours("17:00", "18:00")}, []Hours{hours("9:00", "17:00")}},
		"from opening":        {[]Hours{hours("9:00", "10:00")}, []Hours{hours("10:00", "17:00")}},
		"up to closing":       {[]Hours{hours("16:00", "17:00")}, []Hours{hours("9:00", "16:00")}},
		"all of it":           {[]Hours{hours("9:00", "17:00")}, nil},
		"more than all of it": {[]Hours{hours("8:00", "18:00")}, nil},
		"two that touch": {[]Hours{hours("10:00", "11:00"), hours("11:00", "12:00")},
			[]Hours{hours("9:00", "10:00"), hours("12:00", "17:00")}},
		"two that overlap": {[]Hours{hours("10:00", "12:00"), hours("11:00", "13:00")},
			[]Hours{hours("9:00", "10:00"), hours("13:00", "17:00")}},
		"two with a gap": {[]Hours{hours("10:00", "11:00"), hours("12:00", "13:00")},
			[]Hours{hours("9:00", "10:00"), hours("11:00", "12:00"), hours("13:00", "17:00")}},
		"one that holds the other": {[]Hours{hours("10:00", "13:00"), hours("11:00", "12:00")},
			[]Hours{hours("9:00", "10:00"), hours("13:00", "17:00")}},
	} {
		rules := Rules{
			Facility: Calendar{Seasons: []Season{{Week: EveryDay(hours("9:00", "17:00"))}}},
			Uses:     Uses{Mode: ByGrid, Grid: 30},
		}
		for _, h := range c.closings {
			rules.Closures = append(rules.Closures, Closure{Span: h.On(d)})
		}
		var got []Hours
		for _, b := range rules.Blocks(d) {
			got = append(got, b.Hours)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestTermsAtTheirBounds(t *testing.T) {
	t.Parallel()
	starts := day("2026-06-20").At(13, 0)
	minute := time.Minute
	open, closing := Term{OpensDays: 10, OpensTime: at("9:00")}, Term{OpensDays: 10, ClosesDays: 1}
	capped := Term{OpensDays: 10, MonthCap: 1}
	for name, c := range map[string]struct {
		term  Term
		now   time.Time
		taken int
		want  []string
	}{
		"a nanosecond before it opens": {open, day("2026-06-10").At(9, 0).Add(-1), 0,
			[]string{BookingEarly}},
		"when it opens":                             {open, day("2026-06-10").At(9, 0), 0, nil},
		"a minute before the use":                   {open, starts.Add(-minute), 0, nil},
		"when the use starts":                       {open, starts, 0, []string{BookingPast}},
		"the last moment of the day it closes on":   {closing, day("2026-06-20").Start().Add(-1), 0, nil},
		"the day of the use, when it closes before": {closing, day("2026-06-20").Start(), 0, []string{BookingLate}},
		"below the cap":                             {capped, starts.Add(-minute), 0, nil},
		"at the cap":                                {capped, starts.Add(-minute), 1, []string{BookingCapped}},
		"without a cap":                             {open, starts.Add(-minute), 100, nil},
	} {
		if got := codes(c.term.Check(c.now, starts, c.taken)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	for days, want := range map[int]time.Time{
		0: starts, 1: day("2026-06-20").Start(), 2: day("2026-06-19").Start(),
	} {
		if got := (Term{CancelDays: days}).CancelUntil(starts); !got.Equal(want) {
			t.Errorf("cancelled %d days before: until %s, want %s", days, got, want)
		}
	}
	for name, c := range map[string]struct {
		term  Term
		now   time.Time
		until time.Time
		holds bool
	}{
		"one day holds to the end of tomorrow": {
			Term{OpensDays: 30, HoldDays: 1}, day("2026-06-01").At(23, 59), day("2026-06-03").Start(), true,
		},
		"to the end of the last day of booking": {
			Term{OpensDays: 30, ClosesDays: 2, HoldDays: 2}, day("2026-06-16").At(9, 0),
			day("2026-06-19").Start(), true,
		},
		"no longer than booking": {
			Term{OpensDays: 30, ClosesDays: 2, HoldDays: 3}, day("2026-06-16").At(9, 0),
			day("2026-06-19").Start(), true,
		},
		"a moment before booking closes": {
			Term{OpensDays: 30, HoldDays: 1}, starts.Add(-1), starts, true,
		},
		"when booking closes": {Term{OpensDays: 30, HoldDays: 1}, starts, starts, false},
		"without holds":       {Term{OpensDays: 30}, day("2026-06-01").Start(), time.Time{}, false},
	} {
		until, holds := c.term.HoldUntil(c.now, starts)
		if !until.Equal(c.until) || holds != c.holds {
			t.Errorf("%s: %s, %v, want %s, %v", name, until, holds, c.until, c.holds)
		}
	}
}

func TestFeesAtTheirBounds(t *testing.T) {
	t.Parallel()
	yen := func(n int) *int { return &n }
	grid := Uses{Mode: ByGrid, Grid: 1}
	for name, c := range map[string]struct {
		hourly *int
		span   Hours
		want   int
		priced bool
	}{
		"an hour":                           {yen(600), hours("9:00", "10:00"), 600, true},
		"a minute is rounded up to a yen":   {yen(1), hours("9:00", "9:01"), 1, true},
		"a minute that costs whole yen":     {yen(60), hours("9:00", "9:01"), 1, true},
		"a minute that costs a little more": {yen(61), hours("9:00", "9:01"), 2, true},
		"nothing":                           {yen(0), hours("9:00", "10:00"), 0, true},
		"without a price":                   {nil, hours("9:00", "10:00"), 0, false},
		"no time at all":                    {yen(600), hours("9:00", "9:00"), 0, false},
	} {
		got, priced := Price(grid, []Fee{{Payer: "all", Hourly: c.hourly}}, "all", c.span)
		if got != c.want || priced != c.priced {
			t.Errorf("%s: %d yen, %v, want %d, %v", name, got, priced, c.want, c.priced)
		}
	}
	for _, c := range []struct{ percent, yen, want int }{
		{1, 100, 99}, {1, 99, 98}, {50, 1, 0}, {99, 100, 1}, {99, 99, 0}, {100, 100, 0},
	} {
		if got := (Exemption{Percent: c.percent}).Apply(c.yen); got != c.want {
			t.Errorf("%d%% off %d yen: %d, want %d", c.percent, c.yen, got, c.want)
		}
	}
	// A whole block without a price of its own costs what it is made of.
	fee := Fee{Payer: "all", Blocks: []BlockFee{{"morning", 1}, {"noon", 2}, {"afternoon", 4}, {"evening", 8}}}
	if got, priced := Price(blocks(), []Fee{fee}, "all", hours("9:00", "21:30")); got != 15 || !priced {
		t.Errorf("the whole day: %d yen, %v", got, priced)
	}
}

func TestBuffersAtTheirEdges(t *testing.T) {
	t.Parallel()
	d := day("2026-11-25")
	setup, clearing := RoomInput{SetupMinutes: 30, ClearingMinutes: 15}.Buffers()
	wide := hours("10:00", "12:00").On(d).Wide(setup, clearing)
	if wide != hours("9:30", "12:15").On(d) {
		t.Fatalf("with its buffers: %v", wide)
	}
	for name, c := range map[string]struct {
		other Hours
		want  bool
	}{
		"ends when setting up begins":    {hours("8:00", "9:30"), false},
		"ends a minute into setting up":  {hours("8:00", "9:31"), true},
		"begins when clearing ends":      {hours("12:15", "13:00"), false},
		"begins a minute before it ends": {hours("12:14", "13:00"), true},
		"lies within":                    {hours("10:00", "10:01"), true},
		"holds all of it":                {hours("9:00", "13:00"), true},
	} {
		if got := wide.Overlaps(c.other.On(d)); got != c.want {
			t.Errorf("%s: overlaps %v, want %v", name, got, c.want)
		}
		if got := hours("9:30", "12:15").Overlaps(c.other); got != c.want {
			t.Errorf("%s, as hours: overlaps %v, want %v", name, got, c.want)
		}
	}
}
