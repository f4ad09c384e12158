package door

import (
	"sync"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func (k *kit) checkIn(token secret.Door, s Shown) CheckIn {
	k.Helper()
	c, err := k.service.CheckIn(k.Context(), token, s)
	if err != nil {
		k.Fatal(err)
	}
	return c
}

func (k *kit) arrived() int {
	return k.number("select coalesce(sum(seats), 0) from door_arrival where quota_id = $1", k.event.Quota())
}

func TestCheckIn(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	code := k.take(k.event, 3)
	digits, err := k.tickets.DayCode(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	bySecret, byCode := Shown{Secret: code}, Shown{DayCode: digits}
	for i, c := range []struct {
		shown Shown
		undo  bool
		want  Outcome
		now   int
	}{
		{byCode, true, NotCounted, 0},
		{bySecret, false, Arrived, 3},
		{bySecret, false, Already, 3},
		{byCode, false, Already, 3},
		{byCode, true, Undone, 0},
		{bySecret, true, NotCounted, 0},
		{byCode, false, Arrived, 3},
	} {
		do := k.service.CheckIn
		if c.undo {
			do = k.service.Undo
		}
		got, err := do(t.Context(), token, c.shown)
		if err != nil || got.Outcome != c.want || got.Seats != 3 || got.PartID != k.event.Parts[0].ID ||
			got.Channel != "in_person" {
			t.Errorf("step %d: %+v, %v, want %s", i, got, err, c.want)
		}
		if n := k.arrived(); n != c.now {
			t.Errorf("step %d: %d have arrived, want %d", i, n, c.now)
		}
	}
	d, err := k.service.Open(t.Context(), token)
	if err != nil || d.Parts[0].Arrived != 3 || d.Parts[0].Taken != 3 {
		t.Errorf("the door shows %+v, %v", d.Parts[0], err)
	}
	// Whoever cancels after all has not come.
	if _, err := k.tickets.Cancel(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	if n := k.arrived(); n != 0 {
		t.Errorf("%d have arrived after the cancellation", n)
	}
	_, err = k.service.CheckIn(t.Context(), token, bySecret)
	k.want("a cancelled ticket", err, ErrNotToday)
}

func TestCheckInRefuses(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	elsewhere := k.gathering(k.event.StartsAt)
	foreign := k.take(elsewhere, 1)
	foreignDigits, err := k.tickets.DayCode(t.Context(), foreign)
	if err != nil {
		t.Fatal(err)
	}
	k.exec(
		"update part set waiting_list = true, waiting_until = $2 where id = $1",
		k.event.Parts[0].ID,
		k.event.StartsAt,
	)
	k.exec("update quota_counter set capacity = 1 where quota_id = $1", k.event.Quota())
	k.take(k.event, 1)
	waiting, w, err := k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: k.event.ID, QuotaID: k.event.Quota(), Seats: 1, Wait: ticket.WaitQuota},
	)
	if err != nil || w.Status != ticket.Waiting {
		t.Fatalf("%+v, %v", w, err)
	}
	typed, _ := secret.ParseDayCode("000000")
	for what, c := range map[string]struct {
		shown Shown
		want  error
	}{
		"another date's ticket":   {Shown{Secret: foreign}, ErrNotToday},
		"another date's day code": {Shown{DayCode: foreignDigits}, ErrNotToday},
		"one who waits":           {Shown{Secret: waiting}, ErrNotToday},
		"a code nobody has":       {Shown{Secret: newSecret(t)}, ErrNotToday},
		"digits nobody has":       {Shown{DayCode: typed}, ErrNotToday},
		"nothing":                 {Shown{}, ErrCode},
		"both":                    {Shown{Secret: foreign, DayCode: typed}, ErrCode},
	} {
		_, err := k.service.CheckIn(t.Context(), token, c.shown)
		k.want(what, err, c.want)
		_, err = k.service.Undo(t.Context(), token, c.shown)
		k.want(what+", taken back", err, c.want)
	}
	if n := k.number("select count(*) from ticket where arrived"); n != 0 {
		t.Errorf("%d tickets have arrived", n)
	}
}

// Two phones scan the same ticket at the same moment: one counts it.
func TestCheckInOnceFromManyPhones(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	codes := make([]secret.Ticket, 5)
	for i := range codes {
		codes[i] = k.take(k.event, 2)
	}
	outcomes := make(chan Outcome, 100)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			c, err := k.service.CheckIn(t.Context(), token, Shown{Secret: codes[i%len(codes)]})
			if err != nil {
				t.Error(err)
			}
			outcomes <- c.Outcome
		})
	}
	all.Wait()
	close(outcomes)
	first := 0
	for o := range outcomes {
		if o == Arrived {
			first++
		}
	}
	if first != len(codes) || k.arrived() != 2*len(codes) {
		t.Errorf("%d first arrivals with %d people, want %d with %d", first, k.arrived(), len(codes), 2*len(codes))
	}
}

// What the door knew of a ticket goes when the ticket is erased; the sum of arrivals stays.
func TestErasureTakesTheDayCode(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	code := k.take(k.event, 2)
	if _, err := k.tickets.DayCode(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	k.checkIn(token, Shown{Secret: code})
	k.clock.Set(k.event.EndsAt.AddDate(0, 0, 30))
	if n, err := ticket.NewEraser(k.db).EraseEnded(t.Context()); err != nil || n != 1 {
		t.Fatalf("erased %d, %v", n, err)
	}
	if n := k.number("select count(*) from ticket where secret_mac is not null or day_code_mac is not null"); n != 0 {
		t.Error("a MAC is left")
	}
	if k.arrived() != 2 {
		t.Errorf("%d have arrived", k.arrived())
	}
}
