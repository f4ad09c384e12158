package board

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestLimitOfAPage(t *testing.T) {
	t.Parallel()
	for asked, want := range map[int]int{-1: MaxFree, 0: MaxFree, 1: 1, MaxFree: 50, MaxFree + 1: MaxFree} {
		if got := (&FreeQuery{Limit: asked}).limit(); got != want {
			t.Errorf("%d: %d", asked, got)
		}
	}
}

func TestCheckOfASearch(t *testing.T) {
	t.Parallel()
	now := minuteOf(23, 30)
	for name, tt := range map[string]struct {
		q    FreeQuery
		now  time.Time
		want string
	}{
		"times to come":       {FreeQuery{StartsAt: now.Add(1), EndsAt: now.Add(2)}, now, ""},
		"times gone by":       {FreeQuery{StartsAt: now, EndsAt: now.Add(2)}, now, venue.BookingPast},
		"a part of today":     {FreeQuery{Part: Morning, Day: testSunday}, now, ""},
		"a part of yesterday": {FreeQuery{Part: Morning, Day: testSunday.AddDays(-1)}, now, venue.BookingPast},
		"no part there is":    {FreeQuery{Part: "night", Day: testSunday}, now, "part unknown_value"},
		"no day":              {FreeQuery{Part: FullDay}, now, "day year_out_of_range"},
		"no day of the month": {
			FreeQuery{Part: FullDay, Day: clock.Date{Year: 2027, Month: 2, Day: 29}},
			now,
			"day year_out_of_range",
		},
		"the first day": {
			FreeQuery{Part: FullDay, Day: clock.NewDate(2000, 1, 1)},
			clock.NewDate(2000, 1, 1).Start(),
			"",
		},
		"the day before it": {
			FreeQuery{Part: FullDay, Day: clock.NewDate(1999, 12, 31)},
			now,
			"day year_out_of_range",
		},
		"the last day": {FreeQuery{Part: FullDay, Day: clock.NewDate(2099, 12, 31)}, now, ""},
		"the day after it": {
			FreeQuery{Part: FullDay, Day: clock.NewDate(2100, 1, 1)},
			now,
			"day year_out_of_range",
		},
		"the parts are enough": {FreeQuery{Part: Evening, Day: testSunday, StartsAt: now, EndsAt: now}, now, ""},
		"the times are for all": {
			FreeQuery{Day: testSunday.AddDays(-1), StartsAt: now.Add(1), EndsAt: now.Add(2)},
			now,
			"",
		},
	} {
		if got := saysOf(tt.q.check(tt.now)); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestDayAndUseOfASearch(t *testing.T) {
	t.Parallel()
	timed := FreeQuery{StartsAt: minuteOf(0, 0), EndsAt: minuteOf(1, 0), Day: testSunday.AddDays(5)}
	if got := timed.day(); got != testSunday {
		t.Errorf("by times: %s", got)
	}
	timed.Part = Morning
	if got := timed.day(); got != testSunday.AddDays(5) {
		t.Errorf("by a part: %s", got)
	}
	span := between(9, 12)
	if got := timed.use(span); got != (Use{StartsAt: span.From, EndsAt: span.To, Noise: venue.Normal}) {
		t.Errorf("use: %+v", got)
	}
	timed.Noise = venue.Loud
	if got := timed.use(span); got.Noise != venue.Loud {
		t.Errorf("a loud use: %+v", got)
	}
}

func TestSlotsOfAPartOfTheDay(t *testing.T) {
	t.Parallel()
	block := func(kind venue.BlockKind, from, to venue.TimeOfDay) venue.Block {
		return venue.Block{Key: fmt.Sprint(from), Name: "枠", Kind: kind, Hours: venue.Hours{From: from, To: to}}
	}
	const plain, whole, more = venue.PlainBlock, venue.WholeDay, venue.Extension
	noon, five := venue.TimeOfDay(12*60), venue.TimeOfDay(17*60)
	blocks := []venue.Block{
		block(plain, 0, 60), block(plain, noon-1, noon), block(plain, noon, noon+30), block(more, noon+30, noon+60),
		block(plain, five-1, five), block(plain, five, five+60), block(plain, venue.EndOfDay-1, venue.EndOfDay),
		block(whole, 0, venue.EndOfDay),
	}
	for part, want := range map[DayPart]string{
		Morning:   "0-60 719-720 ",
		Afternoon: "720-750 1019-1020 ",
		Evening:   "1020-1080 1439-1440 ",
		FullDay:   "0-1440 ",
	} {
		f := gridRoom()
		f.Rules.Facility = venue.Calendar{
			Seasons: []venue.Season{{Week: venue.EveryDay(venue.Hours{To: venue.EndOfDay})}},
		}
		f.Rules.Uses = venue.Uses{Mode: venue.ByBlocks, Blocks: blocks}
		if got := hoursOf(f.slots(testSunday, part)); got != want {
			t.Errorf("blocks, %s: %q, want %q", part, got, want)
		}
	}
	for _, tt := range []struct {
		open venue.Hours
		part DayPart
		want string
	}{
		{venue.Hours{From: 8 * 60, To: 22 * 60}, Morning, "540-720 "},
		{venue.Hours{From: 8 * 60, To: 22 * 60}, Afternoon, "780-1020 "},
		{venue.Hours{From: 8 * 60, To: 22 * 60}, Evening, "1080-1260 "},
		{venue.Hours{From: 8 * 60, To: 22 * 60}, FullDay, "480-1320 "},
		{venue.Hours{From: 10 * 60, To: 16 * 60}, Morning, "600-720 "},
		{venue.Hours{From: 10 * 60, To: 16 * 60}, Afternoon, "780-960 "},
		{venue.Hours{From: 10 * 60, To: 16 * 60}, Evening, ""},
		{venue.Hours{From: 12 * 60, To: 13 * 60}, Morning, ""},
		{venue.Hours{From: 12 * 60, To: 13 * 60}, Afternoon, ""},
		{venue.Hours{From: 12*60 - 1, To: 13*60 + 1}, Morning, "719-720 "},
		{venue.Hours{From: 12*60 - 1, To: 13*60 + 1}, Afternoon, "780-781 "},
	} {
		f := gridRoom()
		f.Rules.Facility = venue.Calendar{Seasons: []venue.Season{{Week: venue.EveryDay(tt.open)}}}
		if got := hoursOf(f.slots(testSunday, tt.part)); got != tt.want {
			t.Errorf("open %v, %s: %q, want %q", tt.open, tt.part, got, tt.want)
		}
	}
}

func hoursOf(blocks []venue.Block) string {
	all := ""
	for _, b := range blocks {
		all += fmt.Sprintf("%d-%d ", int(b.From), int(b.To))
	}
	return all
}

func TestMatchesByTimes(t *testing.T) {
	t.Parallel()
	now := minuteOf(8, 0)
	f := gridRoom()
	q := FreeQuery{StartsAt: minuteOf(10, 0), EndsAt: minuteOf(12, 0)}
	r, ok := f.matches(now, &q, busyAt(between(10, 12))) // the search has looked at what is taken
	if !ok || r.Room.ID != f.Room.ID || r.Capacity != 20 || !r.StartsAt.Equal(q.StartsAt) ||
		!r.EndsAt.Equal(q.EndsAt) ||
		r.Reach != Free ||
		r.Block != "" {
		t.Errorf("a room that fits: %+v, %v", r, ok)
	}
	q.May = func(asked *Facts) bool { return asked == f }
	if _, ok := f.matches(now, &q, taken{}); !ok {
		t.Error("what else decides says yes")
	}
	q.May = func(*Facts) bool { return false }
	if _, ok := f.matches(now, &q, taken{}); ok {
		t.Error("what else decides says no")
	}
	q.May = nil
	q.Noise = venue.Loud
	if _, ok := f.matches(now, &q, taken{}); ok {
		t.Error("too loud")
	}
	q.Noise, q.EndsAt = "", minuteOf(22, 0)
	if _, ok := f.matches(now, &q, taken{}); ok {
		t.Error("not open so long")
	}
}

func TestMatchesByAPartOfTheDay(t *testing.T) {
	t.Parallel()
	f := blockRoom()
	q := FreeQuery{Day: testSunday, Part: Morning}
	nine := minuteOf(9, 0)
	if r, ok := f.matches(nine.Add(-1), &q, taken{}); !ok || r.Block != "午前" || !r.StartsAt.Equal(nine) {
		t.Errorf("before it begins: %+v, %v", r, ok)
	}
	if _, ok := f.matches(nine, &q, taken{}); ok {
		t.Error("as it begins")
	}
	for name, tt := range map[string]struct {
		taken taken
		want  bool
	}{
		"taken":           {busyAt(between(9, 10)), false},
		"kept":            {taken{kept: []KeptSpan{keptBetween(9, 10)}}, false},
		"taken elsewhere": {taken{busy: []venue.Span{between(12, 13)}, kept: []KeptSpan{keptBetween(13, 17)}}, true},
	} {
		if _, ok := f.matches(nine.Add(-1), &q, tt.taken); ok != tt.want {
			t.Errorf("%s: %v", name, ok)
		}
	}
	q.Noise = venue.Loud
	if _, ok := f.matches(nine.Add(-1), &q, taken{}); ok {
		t.Error("too loud")
	}
	q.Noise = ""
	f.Rules.Uses.Blocks = append(f.Rules.Uses.Blocks, venue.Block{
		Name: "早朝", Kind: venue.PlainBlock, Hours: venue.Hours{From: 9 * 60, To: 10 * 60},
	})
	r, ok := f.matches(nine.Add(-1), &q, busyAt(between(11, 12)))
	if !ok || r.Block != "早朝" {
		t.Errorf("the first block that is free: %+v, %v", r, ok)
	}
}

func TestHoursThatBeginNowAreNotFound(t *testing.T) {
	t.Parallel()
	f, q, nine := gridRoom(), FreeQuery{Day: testSunday, Part: Morning}, minuteOf(9, 0)
	for after, want := range map[time.Duration]bool{-1: true, 0: false, 1: false} {
		if _, ok := f.matches(nine.Add(after), &q, taken{}); ok != want {
			t.Errorf("%s after they begin: %v", after, ok)
		}
	}
}

func TestAPageOfASearchEndsWhenARoomDoesNotFit(t *testing.T) {
	t.Parallel()
	now := minuteOf(8, 0)
	var rooms []*Facts
	for range 4 {
		rooms = append(rooms, gridRoom())
	}
	rooms[1].Room.Status = venue.Draft
	rooms[2].Room.Capacity = 30
	q := FreeQuery{StartsAt: minuteOf(10, 0), EndsAt: minuteOf(12, 0), Limit: 3}
	page := FreePage{}
	if added := page.add(now, rooms, nil, &q); len(added) != 3 || added[1] != rooms[2] || page.Next != nil ||
		len(page.Items) != 3 || page.Items[1].Room.ID != rooms[2].Room.ID {
		t.Errorf("as many as fit: %d, %+v", len(added), page)
	}
	q.Limit, page = 2, FreePage{}
	added := page.add(now, rooms, nil, &q)
	if len(added) != 2 || len(page.Items) != 2 || page.Next == nil ||
		*page.Next != (FreePosition{Capacity: 30, ID: rooms[2].Room.ID}) {
		t.Errorf("one more than fits: %d, %+v", len(added), page)
	}
	q.Part, q.Day, q.Limit, page = Morning, testSunday, 9, FreePage{}
	busy := map[uuid.UUID]taken{rooms[0].Room.ID: {busy: []venue.Span{between(9, 12)}}}
	if added := page.add(now, rooms, busy, &q); len(added) != 2 || added[0] != rooms[2] {
		t.Errorf("one is taken: %d", len(added))
	}
}

func TestByLotIsWhatARoundAloneKeeps(t *testing.T) {
	t.Parallel()
	f := gridRoom()
	f.Room.SetupMinutes, f.Room.ClearingMinutes = 30, 30
	nine := minuteOf(9, 0)
	times := FreeQuery{StartsAt: nine, EndsAt: minuteOf(11, 0)}
	part := FreeQuery{Day: testSunday, Part: Morning}
	all, early := keptBetween(0, 24), keptBetween(8, 10)
	for name, tt := range map[string]struct {
		now   time.Time
		q     FreeQuery
		taken taken
		want  uuid.UUID
	}{
		"kept":                 {nine.Add(-1), times, taken{kept: []KeptSpan{all}}, all.Round},
		"kept, by a part":      {nine.Add(-1), part, taken{kept: []KeptSpan{all}}, all.Round},
		"as it begins":         {nine, times, taken{kept: []KeptSpan{all}}, uuid.Nil},
		"not kept":             {nine.Add(-1), times, taken{}, uuid.Nil},
		"kept in part":         {nine.Add(-1), times, taken{kept: []KeptSpan{early}}, uuid.Nil},
		"kept and taken":       {nine.Add(-1), times, taken{[]venue.Span{between(9, 10)}, []KeptSpan{all}}, uuid.Nil},
		"the first that keeps": {nine.Add(-1), times, taken{kept: []KeptSpan{early, all}}, early.Round},
		"before it opens": {
			nine.Add(-9e9),
			FreeQuery{StartsAt: minuteOf(8, 0), EndsAt: nine},
			taken{kept: []KeptSpan{all}},
			uuid.Nil,
		},
		"in the buffers before": {
			nine.Add(-1),
			times,
			taken{kept: []KeptSpan{{between(8, 9), early.Round}, all}},
			early.Round,
		},
		"before the buffers": {
			nine.Add(-1),
			times,
			taken{kept: []KeptSpan{{clockSpan(8, 0, 8, 30), early.Round}, all}},
			all.Round,
		},
	} {
		if got := f.byLot(tt.now, testSunday, &tt.q, tt.taken); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestNearestTimes(t *testing.T) {
	t.Parallel()
	now := clock.NewDate(2026, 12, 18).At(9, 0)
	rooms := []*Facts{gridRoom(), gridRoom()}
	say := func(all []Near) string {
		text := ""
		for _, n := range all {
			text += fmt.Sprintf("%d%s%d ", n.Day.Day, n.Part, n.Rooms)
			if n.Part == "" {
				text += fmt.Sprintf(
					"(%s-%s) ",
					n.StartsAt.In(clock.Tokyo).Format("2-15:04"),
					n.EndsAt.In(clock.Tokyo).Format("2-15:04"),
				)
			}
			if n.More {
				text += "more "
			}
		}
		return text
	}
	part := FreeQuery{Day: testSunday, Part: Afternoon}
	timed := FreeQuery{StartsAt: minuteOf(10, 0), EndsAt: minuteOf(11, 30)}
	// Both rooms are free whenever they are open: other parts of the day come first, then days by
	// how near they are, later before earlier; today's morning has begun.
	if got := say(nearest(now, rooms, nil, part)); got != "20morning2 20evening2 21afternoon2 19afternoon2 "+
		"22afternoon2 18afternoon2 " {
		t.Errorf("a part: %q", got)
	}
	if got := say(nearest(now, rooms, nil, timed)); got != "20morning2 20afternoon2 20evening2 "+
		"212 (21-10:00-21-11:30) 192 (19-10:00-19-11:30) 222 (22-10:00-22-11:30) " {
		t.Errorf("times: %q", got)
	}
	day := func(n int) venue.Span {
		return venue.Span{From: testSunday.AddDays(n).Start(), To: testSunday.AddDays(n + 1).Start()}
	}
	var days []venue.Span // all but the seventh day after it
	for n := -8; n <= 6; n++ {
		days = append(days, day(n))
	}
	busy := map[uuid.UUID]taken{rooms[0].Room.ID: {busy: days}, rooms[1].Room.ID: {busy: append(days, day(7))}}
	if got := say(nearest(now, rooms, busy, part)); got != "27afternoon1 " {
		t.Errorf("one room of one day: %q", got)
	}
	if got := say(nearest(now, rooms, busy, timed)); got != "271 (27-10:00-27-11:30) " {
		t.Errorf("one room at the times of one day: %q", got)
	}
	busy[rooms[0].Room.ID] = taken{busy: append(days, day(7))}
	if got := nearest(now, rooms, busy, part); len(got) != 0 {
		t.Errorf("eight days away: %q", say(got))
	}
	var many []*Facts
	for range 100 {
		many = append(many, rooms[1])
	}
	if got := nearest(now, many, nil, part); len(got) != 6 || !got[0].More {
		t.Errorf("as many as are looked at: %q", say(got))
	}
	if got := nearest(now, many[1:], nil, part); len(got) != 6 || got[0].More {
		t.Errorf("one fewer: %q", say(got))
	}
}
