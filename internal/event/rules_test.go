package event

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// Every rule is tried at its boundary, just before and just after it.

var (
	morning = time.Date(2026, 12, 5, 10, 0, 0, 0, clock.Tokyo)
	midday  = morning.Add(2 * time.Hour)
)

func at(t time.Time, by time.Duration) *time.Time {
	moved := t.Add(by)
	return &moved
}

// broken gives the fields that a refusal names, with the codes of their rules.
func broken(err error) map[string]string {
	found := map[string]string{}
	if refusal, ok := fault.As(err); ok {
		for _, f := range refusal.Fields {
			found[f.Name] = f.Code
		}
	}
	return found
}

func TestBandOfAQuota(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		capacity, taken int
		want            Band
	}{
		{0, 0, BandFull}, {1, 0, BandAvailable}, {1, 1, BandFull}, {1, 2, BandFull},
		{2, 0, BandAvailable}, {2, 1, BandFew}, {2, 2, BandFull},
		{3, 0, BandAvailable}, {3, 1, BandFew}, // two seats are few
		{10, 7, BandAvailable}, {10, 8, BandFew}, {10, 9, BandFew}, {10, 10, BandFull},
		{14, 11, BandAvailable}, {14, 12, BandFew},
		{15, 11, BandAvailable}, {15, 12, BandFew}, // a fifth are three
		{100, 79, BandAvailable}, {100, 80, BandFew}, {100, 99, BandFew}, {100, 100, BandFull},
	} {
		if got := (Quota{Capacity: c.capacity, Taken: c.taken}).Band(); got != c.want {
			t.Errorf("%d of %d taken: %s, want %s", c.taken, c.capacity, got, c.want)
		}
		sum := SlotSum{Bookable: c.capacity, Free: c.capacity - c.taken}
		if got := sum.Band(); got != c.want {
			t.Errorf("%d of %d slots free: %s, want %s", sum.Free, sum.Bookable, got, c.want)
		}
	}
}

func TestWaitsUntil(t *testing.T) {
	t.Parallel()
	day := -24 * time.Hour
	for _, c := range []struct {
		name string
		part Part
		want time.Time
	}{
		{"a day before the start", Part{Reservation: Seat}, morning.Add(day)},
		{"registration closes later", Part{Reservation: Seat, ClosesAt: at(morning, day+1)}, morning.Add(day)},
		{"registration closes then", Part{Reservation: Seat, ClosesAt: at(morning, day)}, morning.Add(day)},
		{"registration closes earlier", Part{Reservation: Seat, ClosesAt: at(morning, day-1)}, morning.Add(day - 1)},
		{"the line of a lottery begins when registration has closed",
			Part{Reservation: Lottery, ClosesAt: at(morning, 7*day)}, morning.Add(day)},
		{
			"staff set another moment",
			Part{Reservation: Seat, ClosesAt: at(morning, 2*day), WaitingUntil: at(morning, -time.Hour)},
			morning.Add(-time.Hour),
		},
	} {
		c.part.StartsAt = morning
		if got := c.part.WaitsUntil(); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestClosesAndDraws(t *testing.T) {
	t.Parallel()
	p := Part{StartsAt: morning}
	if !p.Closes().Equal(morning) || !p.Draws().Equal(morning) {
		t.Errorf("nothing set: closes %v, draws %v", p.Closes(), p.Draws())
	}
	p.ClosesAt = at(morning, -time.Hour)
	if !p.Closes().Equal(*p.ClosesAt) || !p.Draws().Equal(*p.ClosesAt) {
		t.Errorf("closes %v, draws %v", p.Closes(), p.Draws())
	}
	if p.DrawsAt = at(morning, -time.Minute); !p.Draws().Equal(*p.DrawsAt) {
		t.Errorf("draws %v", p.Draws())
	}
}

func TestRegistration(t *testing.T) {
	t.Parallel()
	opens, closes := at(morning, -48*time.Hour), at(morning, -2*time.Hour)
	free, full := []Quota{{Capacity: 1, Taken: 1}, {Capacity: 1}}, []Quota{{Capacity: 1, Taken: 1}}
	seats := Part{Reservation: Seat, StartsAt: morning, EndsAt: midday, OpensAt: opens, ClosesAt: closes, Quotas: free}
	with := func(change func(*Part)) Part { p := seats; change(&p); return p }
	waiting := with(func(p *Part) { p.Quotas, p.WaitingList = full, true })
	slots := func(s *SlotSum) Part { return with(func(p *Part) { p.Reservation, p.Slots = Slot, s }) }
	for _, c := range []struct {
		name   string
		part   Part
		status OccurrenceStatus
		now    time.Time
		want   RegistrationState
	}{
		{"just before it opens", seats, Scheduled, opens.Add(-1), RegistrationNotYet},
		{"when it opens", seats, Scheduled, *opens, RegistrationOpen},
		{"just before it closes", seats, Scheduled, closes.Add(-1), RegistrationOpen},
		{"when it closes", seats, Scheduled, *closes, RegistrationClosed},
		{"put off", seats, Postponed, *opens, RegistrationClosed},
		{"cancelled", seats, OccurrenceCancelled, *opens, RegistrationClosed},
		{"no seat left", with(func(p *Part) { p.Quotas = full }), Scheduled, *opens, RegistrationFull},
		{
			"no seat left, just before the line ends",
			waiting,
			Scheduled,
			morning.Add(-24*time.Hour - 1),
			RegistrationWaiting,
		},
		{"no seat left, when the line ends", waiting, Scheduled, morning.Add(-24 * time.Hour), RegistrationFull},
		{"a lottery never is full", with(func(p *Part) { p.Reservation, p.Quotas = Lottery, full }), Scheduled, *opens,
			RegistrationOpen},
		{
			"no reservation",
			with(func(p *Part) { p.Reservation = NoReservation }),
			Scheduled,
			midday,
			RegistrationNotNeeded,
		},
		{"nothing laid out", slots(nil), Scheduled, *opens, RegistrationNotYet},
		{"no slots", slots(&SlotSum{}), Scheduled, *opens, RegistrationNotYet},
		{"a free slot", slots(&SlotSum{Bookable: 1, Free: 1}), Scheduled, *opens, RegistrationOpen},
		{"no free slot", slots(&SlotSum{Bookable: 1}), Scheduled, *opens, RegistrationFull},
		{"slots for walk-ins only", slots(&SlotSum{WalkIns: 1}), Scheduled, *opens, RegistrationFull},
	} {
		if got := c.part.Registration(&Occurrence{Status: c.status}, c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestStateOfASlot(t *testing.T) {
	t.Parallel()
	part := Part{StartsAt: morning, OpensAt: at(morning, -48*time.Hour)}
	early := BoothSlot{StartsAt: morning.Add(time.Hour), EndsAt: midday, Parties: 1, Accepting: true}
	closing := part
	closing.ClosesAt = at(midday, 0)
	with := func(change func(*BoothSlot)) BoothSlot { s := early; change(&s); return s }
	walkIn := with(func(s *BoothSlot) { s.WalkIn = true })
	for _, c := range []struct {
		name string
		slot BoothSlot
		part Part
		now  time.Time
		want SlotState
	}{
		{"just before registration opens", early, part, part.OpensAt.Add(-1), SlotNotYet},
		{"when it opens", early, part, *part.OpensAt, SlotOpen},
		{"just before it closes", early, part, morning.Add(-1), SlotOpen},
		{"when it closes", early, part, morning, SlotClosed},
		{"just before the slot begins", early, closing, early.StartsAt.Add(-1), SlotOpen},
		{"when the slot begins", early, closing, early.StartsAt, SlotClosed},
		{"taken", with(func(s *BoothSlot) { s.Taken = 1 }), part, *part.OpensAt, SlotFull},
		{"closed by staff", with(func(s *BoothSlot) { s.Closed = true }), part, *part.OpensAt, SlotClosed},
		{"not accepting", with(func(s *BoothSlot) { s.Accepting = false }), part, *part.OpensAt, SlotClosed},
		{"walk-ins, before", walkIn, part, *part.OpensAt, SlotWalkIn},
		{"walk-ins, begun", walkIn, part, early.StartsAt, SlotWalkIn},
		{"walk-ins, just before the end", walkIn, part, midday.Add(-1), SlotWalkIn},
		{"walk-ins, ended", walkIn, part, midday, SlotClosed},
	} {
		if got := c.slot.State(&c.part, c.now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestTimesOfAPlan(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		plan SlotPlan
		want int
	}{
		{"too short by a second", SlotPlan{Minutes: 30, To: morning.Add(30*time.Minute - time.Second)}, 0},
		{"one fits", SlotPlan{Minutes: 30, To: morning.Add(30 * time.Minute)}, 1},
		{"the pause needs no room at the end", SlotPlan{Minutes: 30, Pause: 10, To: morning.Add(70 * time.Minute)}, 2},
		{
			"a second too short for two",
			SlotPlan{Minutes: 30, Pause: 10, To: morning.Add(70*time.Minute - time.Second)},
			1,
		},
		{"no length", SlotPlan{To: midday}, 0},
		{"a pause that goes back", SlotPlan{Minutes: 30, Pause: -1, To: midday}, 0},
	} {
		c.plan.From = morning
		times := c.plan.Times()
		if len(times) != c.want {
			t.Errorf("%s: %d slots, want %d", c.name, len(times), c.want)
		}
		for i, s := range times {
			starts := morning.Add(time.Duration(i*(c.plan.Minutes+c.plan.Pause)) * time.Minute)
			if !s.StartsAt.Equal(starts) || !s.EndsAt.Equal(starts.Add(time.Duration(c.plan.Minutes)*time.Minute)) {
				t.Errorf("%s: slot %d is from %v to %v", c.name, i, s.StartsAt, s.EndsAt)
			}
		}
	}
	for kept := range 6 {
		n := 0
		for _, s := range (SlotPlan{Minutes: 30, From: morning, To: midday, WalkIns: kept}).Times() {
			if s.WalkIn {
				n++
			}
		}
		if n != min(kept, 4) {
			t.Errorf("%d of four slots kept for walk-ins, want %d", n, min(kept, 4))
		}
	}
}

func TestSittingOf(t *testing.T) {
	t.Parallel()
	a, b, c, alone := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	o := Occurrence{Parts: []Part{{ID: a, Sitting: "講話"}, {ID: alone}, {ID: b, Sitting: "講話"}, {ID: c, Sitting: "体験"}}}
	for part, want := range map[uuid.UUID]*Sitting{
		a: {Name: "講話", Number: 1, Of: 2}, b: {Name: "講話", Number: 2, Of: 2}, c: {Name: "体験", Number: 1, Of: 1},
		alone: nil, uuid.New(): nil,
	} {
		if got := o.SittingOf(part); !reflect.DeepEqual(got, want) {
			t.Errorf("sitting %+v, want %+v", got, want)
		}
	}
}

func TestUpcoming(t *testing.T) {
	t.Parallel()
	e := Event{Occurrences: []Occurrence{{StartsAt: morning, EndsAt: midday}}}
	for now, want := range map[time.Time]int{midday.Add(-1): 1, midday: 0, midday.Add(1): 0} {
		if got := len(e.Upcoming(now)); got != want {
			t.Errorf("at %v: %d dates, want %d", now, got, want)
		}
	}
}

func TestApplyMovesWhatIsNotGiven(t *testing.T) {
	t.Parallel()
	part := PartInput{
		StartsAt: at(morning, time.Hour), EndsAt: &midday, OpensAt: at(morning, -time.Hour),
		ClosesAt: at(midday, 0), DrawsAt: at(midday, 0), WaitingUntil: at(midday, 0),
	}
	doors := morning.Add(-time.Minute)
	fresh := func() OccurrenceInput {
		return OccurrenceInput{StartsAt: morning, EndsAt: midday, DoorsAt: &doors, Parts: []PartInput{part}}
	}

	later := time.Hour
	o := fresh()
	if !(OccurrenceChange{StartsAt: at(morning, later)}).apply(&o) {
		t.Error("another start is no move")
	}
	p := o.Parts[0]
	for name, pair := range map[string][2]time.Time{
		"end": {o.EndsAt, midday.Add(later)}, "doors": {*o.DoorsAt, doors.Add(later)},
		"part's start": {*p.StartsAt, part.StartsAt.Add(later)}, "part's end": {*p.EndsAt, midday.Add(later)},
		"opening": {*p.OpensAt, part.OpensAt.Add(later)}, "closing": {*p.ClosesAt, midday.Add(later)},
		"draw": {*p.DrawsAt, midday.Add(later)}, "end of the line": {*p.WaitingUntil, midday.Add(later)},
	} {
		if !pair[0].Equal(pair[1]) {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}

	// What lies beyond an earlier end is drawn back to it, and what ends with it or before stays.
	for by, want := range map[time.Duration]time.Duration{-time.Second: -time.Second, 0: 0, time.Second: 0} {
		o = fresh()
		o.EndsAt = midday.Add(by) // where the times of the part lie
		ends := midday.Add(by)
		o.Parts[0].ClosesAt, o.Parts[0].DrawsAt, o.Parts[0].WaitingUntil = &ends, &ends, &ends
		(OccurrenceChange{EndsAt: &midday}).apply(&o)
		for name, got := range map[string]*time.Time{
			"closing": o.Parts[0].ClosesAt, "draw": o.Parts[0].DrawsAt, "end of the line": o.Parts[0].WaitingUntil,
		} {
			if !got.Equal(midday.Add(want)) {
				t.Errorf("%s %v from the new end is %v, want %v", name, by, got, midday.Add(want))
			}
		}
	}

	o = fresh()
	o.Parts[0].StartsAt, o.Parts[0].EndsAt = &morning, &midday
	(OccurrenceChange{EndsAt: at(midday, later)}).apply(&o)
	if o.Parts[0].StartsAt != nil || o.Parts[0].EndsAt != nil {
		t.Errorf("a part that fills its date has times of its own: %v %v", o.Parts[0].StartsAt, o.Parts[0].EndsAt)
	}
	o = fresh()
	if (OccurrenceChange{StartsAt: &morning, EndsAt: &midday}).apply(&o) {
		t.Error("the same times are a move")
	}
}

func TestMoveFrom(t *testing.T) {
	t.Parallel()
	first := morning.Add(-time.Hour)
	for _, c := range []struct {
		name string
		was  *time.Time
		next time.Time
		want *time.Time
	}{
		{"the first move", nil, midday, &morning},
		{"no move", nil, morning, nil},
		{"the second move", &first, midday, &first},
		{"back to the first place", &first, first, nil},
	} {
		o := Occurrence{StartsAt: morning, MovedFrom: c.was}
		if got := o.moveFrom(c.next); !equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestCoversFromTheFirstToTheLastMonth(t *testing.T) {
	t.Parallel()
	first, last := clock.NewDate(2026, 11, 1), clock.NewDate(2027, 2, 1)
	for _, c := range []struct {
		month  clock.Date
		last   *clock.Date
		covers bool
	}{
		{clock.NewDate(2026, 10, 1), nil, false},
		{first, nil, true},
		{clock.NewDate(2099, 1, 1), nil, true},
		{first, &first, true},
		{clock.NewDate(2027, 1, 1), &last, true},
		{last, &last, true},
		{clock.NewDate(2027, 3, 1), &last, false},
	} {
		s := Series{FirstMonth: first, LastMonth: c.last, Choose: ChooseFree}
		if got := s.covers(c.month); got != c.covers {
			t.Errorf("%v until %v: %v, want %v", c.month, c.last, got, c.covers)
		}
		choice := MonthChoice{Dates: []clock.Date{c.month}}
		if err := s.allowed(c.month, choice); (err == nil) != c.covers {
			t.Errorf("a date in %v until %v: %v", c.month, c.last, err)
		}
	}
	s := Series{
		FirstMonth: first,
		LastMonth:  &last,
		Choose:     ChooseFree,
		Months:     []Month{{Month: clock.NewDate(2026, 12, 1)}},
	}
	want := []clock.Date{first, clock.NewDate(2027, 1, 1), last}
	if got := s.OpenMonths(clock.NewDate(2026, 1, 31), 9); !reflect.DeepEqual(got, want) {
		t.Errorf("open months %v, want %v", got, want)
	}
	if got := s.OpenMonths(clock.NewDate(2027, 2, 28), 9); !reflect.DeepEqual(got, want[2:]) {
		t.Errorf("open months at the end %v, want %v", got, want[2:])
	}
	if got := s.OpenMonths(clock.NewDate(2027, 3, 1), 9); len(got) != 0 {
		t.Errorf("open months after the end: %v", got)
	}
	if got := s.OpenMonths(first, 1); len(got) != 1 {
		t.Errorf("one open month asked for: %v", got)
	}
}

func TestChoiceOfAMonth(t *testing.T) {
	t.Parallel()
	month := clock.NewDate(2026, 12, 1)
	offered, other := clock.NewDate(2026, 12, 19), clock.NewDate(2026, 12, 26) // the third and the fourth Saturday
	s := Series{Rule: "FREQ=MONTHLY;BYDAY=3SA,4SA", Choose: ChooseOne, FirstMonth: month}
	every, free := s, s
	every.Choose, free.Choose, free.Rule = ChooseEvery, ChooseFree, ""
	for _, c := range []struct {
		name   string
		series Series
		choice MonthChoice
		want   string
	}{
		{"none", s, MonthChoice{Skipped: true}, ""},
		{"none and a date", s, MonthChoice{Skipped: true, Dates: []clock.Date{offered}}, ErrInvalid.Code},
		{"nothing said", s, MonthChoice{}, ErrInvalid.Code},
		{"one of them", s, MonthChoice{Dates: []clock.Date{other}}, ""},
		{"both where one is to be chosen", s, MonthChoice{Dates: []clock.Date{offered, other}}, ErrChooseOne.Code},
		{"both where every one may", every, MonthChoice{Dates: []clock.Date{offered, other}}, ""},
		{"one twice", every, MonthChoice{Dates: []clock.Date{offered, offered}}, ErrInvalid.Code},
		{"a day beside it", s, MonthChoice{Dates: []clock.Date{offered.AddDays(1)}}, ErrDateNotOffered.Code},
		{"the last day, freely", free, MonthChoice{Dates: []clock.Date{clock.NewDate(2026, 12, 31)}}, ""},
		{"the first day of the next month", free, MonthChoice{Dates: []clock.Date{clock.NewDate(2027, 1, 1)}},
			ErrMonthOutside.Code},
		{"the same month of another year", free, MonthChoice{Dates: []clock.Date{clock.NewDate(2027, 12, 1)}},
			ErrMonthOutside.Code},
	} {
		got := ""
		if refusal, ok := fault.As(c.series.allowed(month, c.choice)); ok {
			got = refusal.Code
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTemplateOnADay(t *testing.T) {
	t.Parallel()
	day := clock.NewDate(2026, 12, 5)
	days := func(n int) *int { return &n }
	on := func(p PartTemplate) PartInput {
		return Template{StartsTime: "10:00", EndsTime: "12:00", Parts: []PartTemplate{p}}.On(day).Parts[0]
	}
	p := on(PartTemplate{OpensDaysBefore: days(30), ClosesDaysBefore: days(1), DrawsDaysBefore: days(1)})
	if !p.StartsAt.Equal(morning) || !p.EndsAt.Equal(midday) || !p.OpensAt.Equal(day.AddDays(-30).At(0, 0)) ||
		!p.ClosesAt.Equal(day.At(0, 0)) || !p.DrawsAt.Equal(day.AddDays(-1).At(12, 0)) {
		t.Errorf("%v–%v, opens %v, closes %v, draws %v", p.StartsAt, p.EndsAt, p.OpensAt, p.ClosesAt, p.DrawsAt)
	}
	if p = on(PartTemplate{ClosesDaysBefore: days(0)}); !p.ClosesAt.Equal(midday) {
		t.Errorf("registration until the end of the day closes at %v, after the part", p.ClosesAt)
	}
}

func TestCopyLeavesWhatBelongsToTheDate(t *testing.T) {
	t.Parallel()
	place := Place{Kind: InPerson, Name: "集会室", Address: "元町1", Access: "駅から5分", AreaCode: "132217"}
	bare := Place{Kind: InPerson, AreaCode: "132217"}
	part := Part{
		ID: uuid.New(), StartsAt: morning, EndsAt: midday, Reservation: Seat,
		Quotas:      []Quota{{ID: uuid.New(), Channel: ChannelInPerson, Capacity: 5, MaxSeats: 2}},
		Booths:      []Booth{{ID: uuid.New(), Name: "相談"}},
		JoiningLink: &JoiningLink{URL: "https://example.jp/"},
	}
	date := Occurrence{Status: Scheduled, StartsAt: morning, EndsAt: midday, Place: place, Parts: []Part{part}}
	booked, lost, cancelled := date, date, date
	booked.Room, lost.NeedsPlace, cancelled.Status = &Room{}, true, OccurrenceCancelled
	week := 7 * 24 * time.Hour
	in := copyOf(Event{Title: "集い", Occurrences: []Occurrence{date, booked, lost, cancelled}}, week)
	if len(in.Occurrences) != 3 {
		t.Fatalf("%d dates, want the three that are not cancelled", len(in.Occurrences))
	}
	for i, want := range []Place{place, bare, bare} {
		o := in.Occurrences[i]
		if o.Place != want {
			t.Errorf("date %d: place %+v, want %+v", i, o.Place, want)
		}
		if !o.StartsAt.Equal(morning.Add(week)) || !o.EndsAt.Equal(midday.Add(week)) {
			t.Errorf("date %d: %v–%v", i, o.StartsAt, o.EndsAt)
		}
		p := o.Parts[0]
		if p.ID != nil || p.Quotas[0].ID != nil || p.Booths[0].ID != nil || p.JoiningLink != nil {
			t.Errorf("date %d keeps ids or the joining link: %+v", i, p)
		}
		if p.Quotas[0].Capacity != 5 || p.Booths[0].Name != "相談" {
			t.Errorf("date %d loses quotas or booths: %+v", i, p)
		}
	}
}
