package board

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestCheckOfABoard(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from clock.Date
		days int
		want string
	}{
		"no day":              {testSunday, 0, "to longer_than_31_days"},
		"a day":               {testSunday, 1, ""},
		"as many as there be": {testSunday, 31, ""},
		"one more":            {testSunday, 32, "to longer_than_31_days"},
		"the first day":       {clock.NewDate(2000, 1, 1), 1, ""},
		"the day before it":   {clock.NewDate(1999, 12, 31), 1, "from year_out_of_range"},
		"until the last day":  {clock.NewDate(2099, 12, 30), 1, ""},
		"beyond the last day": {clock.NewDate(2099, 12, 31), 1, "from year_out_of_range"},
		"no day of the month": {clock.Date{Year: 2027, Month: 2, Day: 29}, 1, "from year_out_of_range"},
	} {
		if got := saysOf(Query{From: tt.from, Days: tt.days}.check()); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestADayInOneWord(t *testing.T) {
	t.Parallel()
	for want, cases := range map[State][][]State{
		Past:   {{}, {Past}, {Past, Past}},
		Free:   {{Free}, {Free, Free}, {Past, Free}},
		Partly: {{Free, Taken}, {Partly}, {Partly, Free}, {Partly, Taken}, {Free, ByLot}, {Free, Early, Late, Taken}},
		Early:  {{Early}, {Late, Early}, {ByLot, Early}, {Taken, Early}},
		Late:   {{Late}, {ByLot, Late}, {Taken, Late}},
		ByLot:  {{ByLot}, {Taken, ByLot}},
		Taken:  {{Taken}, {Past, Taken}, {Taken, Taken}},
	} {
		for _, states := range cases {
			var blocks []BlockState
			for _, s := range states {
				blocks = append(blocks, BlockState{Kind: venue.PlainBlock, State: s})
			}
			if got := whole(blocks); got != want {
				t.Errorf("%v: %s, want %s", states, got, want)
			}
			blocks = append(blocks,
				BlockState{Kind: venue.Extension, State: Free}, BlockState{Kind: venue.WholeDay, State: Taken})
			if got := whole(blocks); got != want {
				t.Errorf("%v, and blocks that say nothing: %s, want %s", states, got, want)
			}
		}
	}
}

func TestRemains(t *testing.T) {
	t.Parallel()
	b := BlockState{Starts: minuteOf(9, 0), Ends: minuteOf(12, 0)}
	all := []venue.Span{between(9, 12)}
	kept := taken{kept: []KeptSpan{keptBetween(9, 12)}}
	for name, tt := range map[string]struct {
		state State
		free  []venue.Span
		taken taken
		want  State
	}{
		"all of it":               {Free, all, taken{}, Free},
		"all, but for a buffer":   {Partly, all, taken{}, Partly},
		"begins later":            {Free, []venue.Span{between(10, 12)}, taken{}, Partly},
		"ends sooner":             {Free, []venue.Span{between(9, 11)}, taken{}, Partly},
		"nothing, and kept":       {Partly, nil, kept, ByLot},
		"nothing, and kept whole": {ByLot, nil, kept, ByLot},
		"nothing, and taken":      {Taken, nil, kept, Taken},
		"too short for a use":     {Free, nil, taken{}, Taken},
		"nothing left":            {Partly, nil, taken{}, Taken},
		"something beside kept":   {Partly, []venue.Span{between(9, 10)}, kept, Partly},
	} {
		b.State = tt.state
		if got := remains(&b, tt.free, tt.taken); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestNearIsWhatTouchesADay(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	f.Room.SetupMinutes, f.Room.ClearingMinutes = 60, 30
	start, end := minuteOf(0, 0).Add(-time.Hour), testSunday.AddDays(1).At(0, 30)
	spans := []venue.Span{
		{From: start.Add(-2), To: start},
		{From: start.Add(-1), To: start.Add(1)},
		{From: end.Add(-1), To: end.Add(1)},
		{From: end, To: end.Add(1)},
	}
	var all taken
	for _, s := range spans {
		all.busy, all.kept = append(all.busy, s), append(all.kept, KeptSpan{Span: s})
	}
	near := all.near(f, testSunday)
	if fmt.Sprint(near.busy) != fmt.Sprint(spans[1:3]) || fmt.Sprint(near.kept) != fmt.Sprint(all.kept[1:3]) {
		t.Errorf("%v", near)
	}
}

func TestTheFirstRoundThatKeepsSome(t *testing.T) {
	t.Parallel()
	a, b := keptBetween(9, 12), keptBetween(12, 15)
	all := taken{kept: []KeptSpan{a, b}}
	for name, tt := range map[string]struct {
		span venue.Span
		want uuid.UUID
	}{
		"both":          {between(11, 13), a.Round},
		"the second":    {between(12, 13), b.Round},
		"before either": {between(8, 9), uuid.Nil},
		"after both":    {between(15, 16), uuid.Nil},
	} {
		if got := all.round(tt.span); got != tt.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestStretchesByTheirEdges(t *testing.T) {
	t.Parallel()
	hours := clockSpan(9, 0, 12, 0)
	for name, tt := range map[string]struct {
		now             time.Time
		setup, clearing int
		grid, least     int
		taken           taken
		want            string
	}{
		"nothing in the way":       {grid: 30, want: "9:00-12:00 "},
		"no grid is by the minute": {taken: busyAt(clockSpan(9, 7, 9, 11)), want: "9:00-9:07 9:11-12:00 "},
		"it has begun":             {now: minuteOf(9, 0), grid: 30, want: "9:30-12:00 "},
		"it begins in a moment":    {now: minuteOf(9, 0).Add(-1), grid: 30, want: "9:00-12:00 "},
		"on a step":                {now: minuteOf(10, 30), grid: 30, want: "11:00-12:00 "},
		"before a step":            {now: minuteOf(10, 30).Add(-1), grid: 30, want: "10:30-12:00 "},
		"long enough":              {now: minuteOf(10, 30), grid: 30, least: 60, want: "11:00-12:00 "},
		"too short":                {now: minuteOf(10, 30), grid: 30, least: 61, want: ""},
		"the last step":            {now: minuteOf(11, 29), grid: 30, want: "11:30-12:00 "},
		"after the last step":      {now: minuteOf(11, 30), grid: 30, want: ""},
		"taken and kept, in order": {
			grid: 30,
			taken: taken{
				busy: []venue.Span{clockSpan(10, 30, 11, 0)},
				kept: []KeptSpan{{Span: clockSpan(9, 30, 10, 0)}},
			},
			want: "9:00-9:30 10:00-10:30 11:00-12:00 ",
		},
		"buffers between": {
			setup: 30, clearing: 60, grid: 30,
			taken: busyAt(clockSpan(10, 30, 11, 0)),
			want:  "9:00-9:30 11:30-12:00 ",
		},
		"off the grid": {
			grid:  30,
			taken: busyAt(clockSpan(10, 1, 10, 29)),
			want:  "9:00-10:00 10:30-12:00 ",
		},
		"over the grid by a minute": {
			grid:  30,
			taken: busyAt(clockSpan(9, 59, 10, 31)),
			want:  "9:00-9:30 11:00-12:00 ",
		},
		"one within another": {
			grid: 30,
			taken: taken{
				busy: []venue.Span{clockSpan(9, 30, 11, 30), clockSpan(10, 0, 10, 30)},
			},
			want: "9:00-9:30 11:30-12:00 ",
		},
		"outside":             {grid: 30, taken: busyAt(between(8, 9), between(12, 13)), want: "9:00-12:00 "},
		"until the end":       {grid: 30, taken: busyAt(between(11, 13)), want: "9:00-11:00 "},
		"from before it":      {grid: 30, taken: busyAt(between(8, 10)), want: "10:00-12:00 "},
		"all of it":           {grid: 30, taken: busyAt(between(9, 12)), want: ""},
		"in its set-up":       {setup: 30, grid: 30, taken: busyAt(between(8, 9)), want: "9:30-12:00 "},
		"before its set-up":   {setup: 30, grid: 30, taken: busyAt(clockSpan(8, 0, 8, 30)), want: "9:00-12:00 "},
		"in its clearing":     {clearing: 30, grid: 30, taken: busyAt(between(12, 13)), want: "9:00-11:30 "},
		"after its clearing":  {clearing: 30, grid: 30, taken: busyAt(clockSpan(12, 30, 13, 0)), want: "9:00-12:00 "},
		"least under a step":  {grid: 60, least: 30, now: minuteOf(10, 0), want: "11:00-12:00 "},
		"a step of the day":   {grid: 50, want: "9:10-11:40 "},
		"steps from midnight": {grid: 50, now: minuteOf(9, 10), want: "10:00-11:40 "},
	} {
		if tt.now.IsZero() {
			tt.now = minuteOf(0, 0)
		}
		f := &Facts{}
		f.Room.SetupMinutes, f.Room.ClearingMinutes = tt.setup, tt.clearing
		f.Rules.Uses = venue.Uses{Mode: venue.ByGrid, Grid: tt.grid, Least: tt.least}
		got := ""
		for _, s := range f.stretches(tt.now, hours, tt.taken) {
			got += s.From.In(clock.Tokyo).Format("15:04-") + s.To.In(clock.Tokyo).Format("15:04 ")
		}
		if want := padded(tt.want); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// padded writes hours below ten with two digits.
func padded(s string) string {
	out := ""
	for i, r := range s {
		if r == '9' && i+1 < len(s) && s[i+1] == ':' {
			out += "0"
		}
		out += string(r)
	}
	return out
}

func TestReachByTheMoment(t *testing.T) {
	t.Parallel()
	starts := minuteOf(13, 0)
	opens := clock.NewDate(2026, 10, 20).At(9, 0)
	last := clock.NewDate(2026, 12, 14).Start() // the last day, a week before, counts whole
	f := &Facts{}
	f.Room.OpenTo = venue.OpenToEveryone
	f.Room.Terms = []venue.Term{{Who: venue.Others, OpensMonths: 2, OpensTime: 9 * 60, ClosesDays: 7}}
	for name, tt := range map[string]struct {
		now   time.Time
		want  State
		opens time.Time
	}{
		"a moment before it opens":  {opens.Add(-1), Early, opens},
		"as it opens":               {opens, Free, time.Time{}},
		"a moment before it closes": {last.Add(-1), Free, time.Time{}},
		"as it closes":              {last, Late, time.Time{}},
	} {
		if got, at := f.reach(tt.now, starts); got != tt.want || !at.Equal(tt.opens) {
			t.Errorf("%s: %s %s", name, got, at)
		}
	}
	f.Room.Terms = append(f.Room.Terms, venue.Term{Who: venue.Partners, OpensMonths: 3})
	if got, _ := f.reach(opens.Add(-1), starts); got != Early {
		t.Errorf("the partners of a room without any: %s", got)
	}
	f.Room.Partnerships = []string{"towns"}
	if got, _ := f.reach(opens.Add(-1), starts); got != Free {
		t.Errorf("the partners: %s", got)
	}
	sooner := clock.NewDate(2026, 9, 20).Start()
	if got, at := f.reach(sooner.Add(-1), starts); got != Early || !at.Equal(sooner) {
		t.Errorf("before the partners: %s %s", got, at)
	}
	f.Room.Terms[1].OpensMonths = 1
	if got, at := f.reach(sooner.Add(-1), starts); got != Early || !at.Equal(opens) {
		t.Errorf("the sooner of two: %s %s", got, at)
	}
	f.Room.Terms[1], f.Room.OpenTo = venue.Term{Who: venue.Partners, OpensMonths: 3}, venue.OpenToPartners
	if got, at := f.reach(sooner.Add(-1), starts); got != Early || !at.Equal(sooner) {
		t.Errorf("a room for partners: %s %s", got, at)
	}
}

func TestADayOfABoard(t *testing.T) {
	t.Parallel()
	now := minuteOf(8, 0)
	round := keptBetween(9, 12)
	states := func(d Day) string {
		all := string(d.State) + ":"
		for _, b := range d.Blocks {
			all += " " + string(b.State)
		}
		return all
	}
	blocks := blockRoom()
	grid := gridRoom()
	grid.Rules.Uses.Least = 120
	for name, tt := range map[string]struct {
		f     *Facts
		now   time.Time
		taken taken
		want  string
		free  int
		round uuid.UUID
	}{
		"blocks":    {blocks, now, taken{}, "free: free free free free free", 0, uuid.Nil},
		"one taken": {blocks, now, busyAt(between(9, 10)), "partly: taken taken free free free", 0, uuid.Nil},
		"one kept": {
			blocks,
			now,
			taken{kept: []KeptSpan{round}},
			"partly: by_lot by_lot free free free",
			0,
			uuid.Nil,
		},
		"all kept": {
			blocks,
			now,
			taken{kept: []KeptSpan{{between(0, 24), round.Round}}},
			"by_lot: by_lot by_lot by_lot by_lot by_lot",
			0,
			round.Round,
		},
		"the morning is over": {blocks, minuteOf(9, 0), taken{}, "free: past past free free free", 0, uuid.Nil},
		"too early for all": {
			blocks,
			testSunday.AddDays(-70).Start(),
			taken{},
			"early: early early early early early",
			0,
			uuid.Nil,
		},
		"hours":             {grid, now, taken{}, "free: free", 1, uuid.Nil},
		"hours, some taken": {grid, now, busyAt(between(9, 10)), "partly: partly", 1, uuid.Nil},
		"hours, too little left": {
			grid, now, busyAt(between(9, 20)), "taken: taken", 0, uuid.Nil,
		},
		"hours, kept and too little left": {
			grid, now, taken{kept: []KeptSpan{{between(9, 20), round.Round}}}, "by_lot: by_lot", 0, round.Round,
		},
		"hours that have begun": {grid, minuteOf(10, 0), taken{}, "partly: partly", 1, uuid.Nil},
		"hours that are over":   {grid, minuteOf(21, 30), taken{}, "past: past", 0, uuid.Nil},
		"hours, too early":      {grid, testSunday.AddDays(-70).Start(), taken{}, "early: early", 0, uuid.Nil},
		"hours, early and taken": {
			grid,
			testSunday.AddDays(-70).Start(),
			busyAt(between(9, 20)),
			"taken: taken",
			0,
			uuid.Nil,
		},
	} {
		d := tt.f.board(tt.now, testSunday, tt.taken)
		if got := states(d); got != tt.want || len(d.Free) != tt.free || d.Round != tt.round {
			t.Errorf(
				"%s: %q, %d free, round %s; want %q, %d, %s",
				name,
				got,
				len(d.Free),
				d.Round,
				tt.want,
				tt.free,
				tt.round,
			)
		}
		if early := d.State == Early; early == d.Opens.IsZero() {
			t.Errorf("%s: opens %s", name, d.Opens)
		}
	}
	blocks.Rules.Facility.Seasons = nil
	if d := blocks.board(now, testSunday, taken{}); d.State != Shut || len(d.Blocks) != 0 {
		t.Errorf("closed: %+v", d)
	}
}

// Whether one can ask is judged by the last stretch that is left: it is the last to close.
func TestReachOfHoursIsOfTheirLastStretch(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	f.Room.Terms = []venue.Term{{Who: venue.Others, OpensMonths: 2}}
	now := minuteOf(10, 0)
	d := f.board(now, testSunday, busyAt(between(12, 13)))
	if d.State != Partly || len(d.Free) != 2 {
		t.Errorf("%s %v", d.State, d.Free)
	}
}

func TestLimitsAreWhatIsPromised(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ got, want int }{
		"rooms of a board":            {MaxRooms, 30},
		"days of a board":             {MaxDays, 31},
		"rooms of a page":             {MaxFree, 50},
		"days of availability":        {int(MaxWindow / (24 * time.Hour)), 62},
		"days of a use":               {int(MaxLength / (24 * time.Hour)), 14},
		"links of a room":             {MaxCalendars, 50},
		"days of a round":             {roundDaysMost, 400}, // booking_round_span_form
		"rooms judged at a time":      {candidates, 100},
		"rooms judged for a page":     {mostLooked, 2000},
		"seconds that facts are kept": {int(factsAge / time.Second), 120},
		"seconds to read facts":       {int(factsLoad / time.Second), 10},
		"facts that are kept":         {factsMost, 4096},
		"days of holidays ahead":      {daysAhead, 1158},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d, want %d", name, tt.got, tt.want)
		}
	}
}
