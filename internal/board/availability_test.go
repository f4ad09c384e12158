package board

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func between(from, to int) venue.Span {
	return venue.Span{From: minuteOf(from, 0), To: minuteOf(to, 0)}
}

func clockSpan(hour, minute, endHour, endMinute int) venue.Span {
	return venue.Span{From: minuteOf(hour, minute), To: minuteOf(endHour, endMinute)}
}

func busyAt(spans ...venue.Span) taken { return taken{busy: spans} }

func keptBetween(from, to int) KeptSpan { return KeptSpan{Span: between(from, to), Round: uuid.New()} }

func TestCheckWindow(t *testing.T) {
	t.Parallel()
	from := clock.NewDate(2026, 12, 1).Start()
	first, last := clock.NewDate(2000, 1, 1).Start(), clock.NewDate(2100, 1, 1).Start()
	for name, tt := range map[string]struct {
		from, to time.Time
		want     string
	}{
		"empty":                  {from, from, "to times_out_of_order"},
		"the wrong way round":    {from, from.Add(-1), "to times_out_of_order"},
		"a moment":               {from, from.Add(1), ""},
		"the longest":            {from, from.AddDate(0, 0, 62), ""},
		"longer":                 {from, from.AddDate(0, 0, 62).Add(1), "to longer_than_62_days"},
		"from the first year":    {first, first.Add(1), ""},
		"before the first year":  {first.Add(-1), first.Add(1), "from year_out_of_range"},
		"to the last year's end": {last.Add(-2), last.Add(-1), ""},
		"beyond the last year":   {last.Add(-1), last, "from year_out_of_range"},
	} {
		if got := saysOf(checkWindow(tt.from, tt.to)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestWithinCutsToAWindow(t *testing.T) {
	t.Parallel()
	window := between(10, 12)
	for name, tt := range map[string]struct {
		span venue.Span
		want []venue.Span
	}{
		"before":              {between(8, 9), nil},
		"ends where it opens": {between(8, 10), nil},
		"reaches into it":     {between(9, 11), []venue.Span{between(10, 11)}},
		"is it":               {window, []venue.Span{window}},
		"goes beyond it":      {between(9, 13), []venue.Span{window}},
		"lies in it": {
			clockSpan(10, 30, 11, 30),
			[]venue.Span{clockSpan(10, 30, 11, 30)},
		},
		"reaches out of it":      {between(11, 13), []venue.Span{between(11, 12)}},
		"starts where it closes": {between(12, 13), nil},
	} {
		got := within([]venue.Span{tt.span}, window)
		if got == nil || fmt.Sprint(got) != fmt.Sprint(append([]venue.Span{}, tt.want...)) {
			t.Errorf("%s: %v", name, got)
		}
		round := uuid.New()
		kept := keptWithin([]KeptSpan{{Span: tt.span, Round: round}}, window)
		if kept == nil || len(kept) != len(tt.want) ||
			len(kept) == 1 && (kept[0].Span != tt.want[0] || kept[0].Round != round) {
			t.Errorf("%s, kept: %v", name, kept)
		}
	}
}

// A block from 13:00 to 17:00 of a room with an hour to set up and half an hour to clear.
func TestStateOfABlock(t *testing.T) {
	t.Parallel()
	half := func(hour int) time.Time { return minuteOf(hour, 30) }
	start, end := minuteOf(13, 0), minuteOf(17, 0)
	for name, tt := range map[string]struct {
		now            time.Time
		taken          venue.Span
		block, grid    State // when it is taken by a booking
		kBlock, kGrid  State // when it is kept for a round
		nothingIsTaken bool
	}{
		"before it begins": {
			now:            start.Add(-1),
			block:          Free,
			grid:           Free,
			kBlock:         Free,
			kGrid:          Free,
			nothingIsTaken: true,
		},
		"as it begins": {now: start, block: Past, grid: Free, kBlock: Past, kGrid: Free, nothingIsTaken: true},
		"before it ends": {
			now:            end.Add(-1),
			block:          Past,
			grid:           Free,
			kBlock:         Past,
			kGrid:          Free,
			nothingIsTaken: true,
		},
		"as it ends": {now: end, block: Past, grid: Past, kBlock: Past, kGrid: Past, nothingIsTaken: true},
		"taken until it is set up": {
			taken: between(9, 12), block: Free, grid: Free, kBlock: Free, kGrid: Free,
		},
		"taken while it is set up": {
			taken: venue.Span{From: minuteOf(9, 0), To: minuteOf(12, 0).Add(1)},
			block: Taken, grid: Partly, kBlock: ByLot, kGrid: Partly,
		},
		"taken after it is cleared": {
			taken: venue.Span{From: half(17), To: minuteOf(21, 0)}, block: Free, grid: Free, kBlock: Free, kGrid: Free,
		},
		"taken while it is cleared": {
			taken: venue.Span{From: half(17).Add(-1), To: minuteOf(21, 0)},
			block: Taken, grid: Partly, kBlock: ByLot, kGrid: Partly,
		},
		"taken just so": {
			taken: between(13, 17), block: Taken, grid: Taken, kBlock: ByLot, kGrid: ByLot,
		},
		"taken but for its first moment": {
			taken: venue.Span{From: start.Add(1), To: end}, block: Taken, grid: Partly, kBlock: ByLot, kGrid: Partly,
		},
		"taken but for its last moment": {
			taken: venue.Span{From: start, To: end.Add(-1)}, block: Taken, grid: Partly, kBlock: ByLot, kGrid: Partly,
		},
	} {
		if tt.now.IsZero() {
			tt.now = minuteOf(8, 0)
		}
		var busy []venue.Span
		var kept []KeptSpan
		if !tt.nothingIsTaken {
			busy, kept = []venue.Span{tt.taken}, []KeptSpan{{Span: tt.taken}}
		}
		for mode, want := range map[venue.Mode][2]State{
			venue.ByBlocks: {tt.block, tt.kBlock},
			venue.ByGrid:   {tt.grid, tt.kGrid},
		} {
			f := &Facts{}
			f.Room.SetupMinutes, f.Room.ClearingMinutes = 60, 30
			f.Rules.Uses.Mode = mode
			if got := f.state(tt.now, between(13, 17), busy, nil); got != want[0] {
				t.Errorf("%s, by %s: %s, want %s", name, mode, got, want[0])
			}
			if got := f.state(tt.now, between(13, 17), nil, kept); got != want[1] {
				t.Errorf("%s, kept, by %s: %s, want %s", name, mode, got, want[1])
			}
		}
	}
}

func TestStateLooksAtAllThatIsTaken(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	early, all, late := between(9, 10), between(13, 17), between(15, 16)
	for name, tt := range map[string]struct {
		busy []venue.Span
		kept []KeptSpan
		want State
	}{
		"elsewhere first":           {[]venue.Span{early, all}, nil, Taken},
		"some first":                {[]venue.Span{late, all}, nil, Taken},
		"some, and then elsewhere":  {[]venue.Span{late, early}, nil, Partly},
		"taken before kept":         {[]venue.Span{all}, []KeptSpan{{Span: all}}, Taken},
		"kept, and some taken":      {[]venue.Span{late}, []KeptSpan{{Span: all}}, ByLot},
		"some of both":              {[]venue.Span{late}, []KeptSpan{{Span: late}}, Partly},
		"some taken, kept not":      {[]venue.Span{late}, []KeptSpan{{Span: early}}, Partly},
		"kept some, then elsewhere": {nil, []KeptSpan{{Span: late}, {Span: early}}, Partly},
	} {
		if got := f.state(minuteOf(8, 0), between(13, 17), tt.busy, tt.kept); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestDaysOfAWindow(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	f.Rules.Facility.Closed = []venue.ClosedRule{{Kind: venue.ClosedWeekly, Weekday: "mon"}}
	f.Rules.Holidays = venue.Holidays{testSunday: "祝日"}
	monday, tuesday := testSunday.AddDays(1), testSunday.AddDays(2)
	f.Rules.Closures = []venue.Closure{{Span: venue.Span{From: tuesday.Start(), To: tuesday.AddDays(1).Start()}}}
	now := minuteOf(8, 0)
	days := f.days(now, testSunday.At(12, 0), tuesday.Start().Add(1), []venue.Span{between(10, 12)}, nil)
	if len(days) != 3 {
		t.Fatalf("%d days", len(days))
	}
	if d := days[0]; d.Date != testSunday || d.Closed != "" || d.Holiday != "祝日" || len(d.Blocks) != 1 ||
		d.Blocks[0].State != Partly || !d.Blocks[0].Starts.Equal(minuteOf(9, 0)) ||
		!d.Blocks[0].Ends.Equal(minuteOf(21, 30)) || d.Blocks[0].Kind != venue.PlainBlock {
		t.Errorf("open: %+v", d)
	}
	if d := days[1]; d.Date != monday || d.Closed != venue.WhyWeekly || d.Holiday != "" || len(d.Blocks) != 0 {
		t.Errorf("closed each week: %+v", d)
	}
	if d := days[2]; d.Date != tuesday || d.Closed != venue.ClosedOnce || len(d.Blocks) != 0 {
		t.Errorf("closed for once: %+v", d)
	}
	if days := f.days(now, testSunday.Start(), tuesday.Start(), nil, nil); len(days) != 2 {
		t.Errorf("the day at whose beginning the window ends is in it: %d days", len(days))
	}
	f.Room.Status = venue.Draft
	days = f.days(now, testSunday.Start(), tuesday.Start(), nil, nil)
	if days[0].Closed != venue.NotOpen || len(days[0].Blocks) != 0 || days[1].Closed != venue.WhyWeekly {
		t.Errorf("of a room that is not open: %+v", days)
	}
}

func TestCalendarWindowMovesOnceADay(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 12, d, 0, 0, 0, 0, time.UTC) }
	want := venue.Span{From: day(1).AddDate(0, 0, -60), To: day(1).AddDate(0, 0, 400)}
	for _, now := range []time.Time{day(1), day(1).Add(12 * time.Hour), day(2).Add(-1)} {
		if got := calendarWindow(now); got != want {
			t.Errorf("at %s: %v", now, got)
		}
	}
	if got := calendarWindow(day(2)); got.From != want.From.AddDate(0, 0, 1) || got.To != want.To.AddDate(0, 0, 1) {
		t.Errorf("the next day: %v", got)
	}
}

func TestCheckOfACalendarsName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		strings.Repeat("会", 100): "",
		strings.Repeat("会", 101): "name too_long",
		" ":                      "name required",
		"会\u202e議":               "name hidden_characters",
	} {
		in, err := calendarInput{Name: " " + name}.clean()
		if got := saysOf(err); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		if err == nil && in.Name != name {
			t.Errorf("%q is kept as %q", name, in.Name)
		}
		if f, _ := fault.As(err); want == "name too_long" && f.Fields[0].Params["max"] != 100 {
			t.Errorf("%q: %v", name, f.Fields)
		}
	}
}

func TestTouchingKeepsRoundsWhole(t *testing.T) {
	t.Parallel()
	all := []KeptSpan{
		keptBetween(8, 10),
		keptBetween(9, 11),
		keptBetween(10, 12),
		keptBetween(11, 13),
		keptBetween(12, 14),
	}
	got := touching(all, between(10, 12))
	if fmt.Sprint(got) != fmt.Sprint(all[1:4]) {
		t.Errorf("%v", got)
	}
}
