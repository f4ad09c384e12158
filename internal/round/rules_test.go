package round

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

func TestOutcomesAreRefused(t *testing.T) {
	t.Parallel()
	for o, want := range map[outcome]string{
		"unknown":         "round_unknown",
		"drawn":           "round_drawn",
		"over":            "round_over",
		"begun":           "round_begun",
		"not_open":        "round_not_open",
		"too_many":        "applications_too_many",
		"full":            "applications_too_many",
		"too_many_wishes": "wish_invalid wishes=too_many",
		"foreign_room":    "wish_invalid wishes=room_not_in_round",
		"outside_period":  "wish_invalid wishes=outside_period",
	} {
		if got := said(o.refuseRound()); got != want {
			t.Errorf("%s of a round: %q, want %q", o, got, want)
		}
		switch o {
		case "unknown":
			want = "application_unknown"
		case "drawn":
			want = "application_drawn"
		}
		if got := said(o.refuseApplication()); got != want {
			t.Errorf("%s of an application: %q, want %q", o, got, want)
		}
	}
	for _, err := range []error{outcome("lost").refuseRound(), outcome("lost").refuseApplication()} {
		if err == nil || said(err) != `understand outcome "lost"` {
			t.Errorf("an outcome that nobody knows: %v", err)
		}
	}
}

func TestAnswersAreWaitedFor(t *testing.T) {
	t.Parallel()
	day := clock.NewDate
	due, until := day(2026, 12, 6).At(9, 0), day(2026, 12, 10).At(9, 0)
	r := Round{DrawsAt: due, AcceptUntil: until, FirstDay: day(2026, 12, 15)}
	first := r.FirstDay.Start()
	toFirst := first.Sub(until) // 4 days and 15 hours
	for name, tt := range map[string]struct{ late, round, promised time.Duration }{
		"in time":                   {0, 0, 0},
		"a little late":             {10 * time.Minute, 15 * time.Minute, 15 * time.Minute},
		"just to the first day":     {toFirst, toFirst, toFirst},
		"into the first day":        {toFirst + 1, toFirst, toFirst + 15*time.Minute},
		"a step before the day":     {toFirst - 15*time.Minute, toFirst - 15*time.Minute, toFirst - 15*time.Minute},
		"after the days of the use": {60 * 24 * time.Hour, toFirst, 60 * 24 * time.Hour},
	} {
		round, promised := r.answerTimes(due.Add(tt.late))
		if !round.Equal(until.Add(tt.round)) || !promised.Equal(until.Add(tt.promised)) {
			t.Errorf("%s: %s, %s", name, round, promised)
		}
	}
	starts := at(9, 0)
	for name, tt := range map[string]struct{ promised, want time.Time }{
		"before its beginning": {starts.Add(-1), starts.Add(-1)},
		"as it begins":         {starts, starts},
		"after its beginning":  {starts.Add(1), starts},
	} {
		if got := answerUntil(tt.promised, starts); !got.Equal(tt.want) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestDelayed(t *testing.T) {
	t.Parallel()
	due := clock.NewDate(2026, 12, 6).At(9, 0)
	r := Round{DrawsAt: due, FirstDay: clock.NewDate(2026, 12, 15)}
	if r.Delayed() != 0 || r.OwnTimes() {
		t.Error("before the draw")
	}
	for late, want := range map[time.Duration]time.Duration{
		10*time.Minute - 1: 0,
		10 * time.Minute:   15 * time.Minute,
	} {
		drawn := due.Add(late)
		r.DrawnAt, r.AcceptUntil = &drawn, r.FirstDay.Start()
		if got := r.Delayed(); got != want {
			t.Errorf("%s late: %s", late, got)
		}
		if r.OwnTimes() != (want > 0) {
			t.Errorf("%s late, until the first day: own times %v", late, r.OwnTimes())
		}
		r.AcceptUntil = r.FirstDay.Start().Add(-1)
		if r.OwnTimes() {
			t.Errorf("%s late, but with time enough: own times", late)
		}
	}
}

func TestPoolsThatAreNone(t *testing.T) {
	t.Parallel()
	w := wanted(uuid.New(), 9, 12)
	name := w.Pool()
	if read, ok := ParsePool(name); !ok || read.Pool() != name {
		t.Fatalf("%s is read as %+v", name, read)
	}
	room := w.RoomID.String()
	for _, other := range []string{
		"", name[1:], name + "0", room, room + ":20261220T0900-20261220T120",
		room + ":20261220T0900-20261220T12000", room + ":20261320T0900-20261220T1200",
		room + ":20261220T0900-20261320T1200",
		room + ";20261220T0900-20261220T1200", room + ":20261220T0900_20261220T1200",
		"x" + room[1:] + ":20261220T0900-20261220T1200", room + ":20261220T0900-20261220T2500",
	} {
		if read, ok := ParsePool(other); ok {
			t.Errorf("%s is read as %+v", other, read)
		}
	}
}

func TestEntriesOfARound(t *testing.T) {
	t.Parallel()
	none, err := (&Round{}).Entries()
	if none != nil || err != nil {
		t.Errorf("before the list is fixed: %v, %v", none, err)
	}
	if _, err := (&Round{List: "nonsense"}).Entries(); !errors.Is(err, lottery.ErrList) {
		t.Errorf("no list: %v", err)
	}
	a, b := wanted(uuid.New(), 9, 12), wanted(uuid.New(), 13, 15)
	floor := func(w Wish, space string) lottery.Take {
		return lottery.Take{
			Pool: w.Pool(), From: int(w.StartsAt.Unix() / 60), To: int(w.EndsAt.Unix() / 60), Spaces: []string{space},
		}
	}
	list := lottery.List{
		Draw:  uuid.NewString(),
		Pools: []lottery.Pool{{Name: a.Pool(), Seats: 1}, {Name: b.Pool(), Seats: 1}},
		Takes: []lottery.Take{floor(a, uuid.NewString()), floor(b, uuid.NewString())},
		Entries: []lottery.Entry{
			{Number: number(1), Size: 1, Choices: []string{a.Pool(), b.Pool()}},
			{Number: number(2), Size: 1, Choices: []string{a.Pool()}},
			{Number: number(3), Size: 1, Choices: []string{b.Pool()}},
		},
	}
	r := &Round{List: list.Text(), Withdrawn: []string{number(2)}}
	before, err := r.Entries()
	if err != nil || len(before) != 3 {
		t.Fatalf("before the draw: %+v, %v", before, err)
	}
	for i, e := range before {
		if e.Number != number(i+1) || e.Withdrawn != (i == 1) || e.Pool != "" || len(e.Struck) != 0 ||
			fmt.Sprint(e.Choices) != fmt.Sprint(list.Entries[i].Choices) {
			t.Errorf("before the draw: %+v", e)
		}
	}
	r.Seed = "nonsense"
	if _, err := r.Entries(); err == nil {
		t.Error("no seed is drawn by")
	}
	r.Seed = lottery.Seed{7}.Reveal()
	r.Struck = []lottery.Struck{{Number: number(1), Pool: a.Pool()}, {Number: number(3), Pool: b.Pool()}}
	after, err := r.Entries()
	if err != nil || len(after) != 3 {
		t.Fatalf("after the draw: %+v, %v", after, err)
	}
	for _, e := range after {
		want := map[string]Entry{
			number(1): {Pool: b.Pool(), Struck: []string{a.Pool()}, Choices: []string{a.Pool(), b.Pool()}},
			number(2): {Withdrawn: true, Choices: []string{a.Pool()}},
			number(3): {Struck: []string{b.Pool()}, Choices: []string{b.Pool()}},
		}[e.Number]
		want.Number = e.Number
		if fmt.Sprintf("%+v", e) != fmt.Sprintf("%+v", want) {
			t.Errorf("after the draw: %+v, want %+v", e, want)
		}
	}
}

func TestLimitsAreWhatIsPromised(t *testing.T) {
	t.Parallel()
	if MaxRooms != 100 || MaxDays != 366 || MaxWishes != 10 || MaxPage != 100 || pageLength != 50 {
		t.Error("a limit has changed")
	}
}

func TestFacilitiesOfARound(t *testing.T) {
	t.Parallel()
	here, there := uuid.New(), uuid.New()
	r := Round{Rooms: []board.RoomRef{{FacilityID: here}, {FacilityID: there}, {FacilityID: here}}}
	all := r.facilities()
	if len(all) != 2 || all[0] == all[1] {
		t.Errorf("%v", all)
	}
}
