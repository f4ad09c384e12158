package ticket

import (
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestDayCode(t *testing.T) {
	t.Parallel()
	k := setup(t)
	today := clock.DateOf(k.clock.Now())
	e := k.event(t, testkit.EventOptions{StartsAt: today.AddDays(1).At(14, 0)})
	code, ticket := k.take(t, ask(e, 2))
	first, err := k.service.DayCode(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := k.service.DayCode(
		t.Context(),
		code,
	); err != nil || again.Reveal() != first.Reveal() ||
		len(first.Reveal()) != 6 {
		t.Errorf("asked again: %v; %d digits", err, len(first.Reveal()))
	}
	// The secret changes, and with it the digits.
	fresh, _, err := k.service.Rotate(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if n := k.number(t, "select count(*) from ticket where day_code_mac is not null"); n != 0 {
		t.Error("the day code outlives its secret")
	}
	_, err = k.service.DayCode(t.Context(), code)
	wantError(t, "the old secret", err, ErrUnknown)
	if _, err := k.service.DayCode(t.Context(), fresh); err != nil {
		t.Error(err)
	}
	if _, err := k.service.Cancel(t.Context(), fresh); err != nil {
		t.Fatal(err)
	}
	if n := k.number(t, "select count(*) from ticket where id = $1 and day_code_mac is not null", ticket.ID); n != 0 {
		t.Error("the day code outlives the seat")
	}
	_, err = k.service.DayCode(t.Context(), fresh)
	wantError(t, "a cancelled ticket", err, ErrNotConfirmed)
	_, err = k.service.DayCode(t.Context(), newSecret(t))
	wantError(t, "an unknown code", err, ErrUnknown)
	_, err = k.service.DayCode(t.Context(), secret.Ticket{})
	wantError(t, "no code", err, ErrUnknown)
}

func TestDayCodeComesTheDayBefore(t *testing.T) {
	t.Parallel()
	k := setup(t)
	day := clock.DateOf(k.clock.Now()).AddDays(2)
	e := k.event(t, testkit.EventOptions{StartsAt: day.At(14, 0)})
	code, _ := k.take(t, ask(e, 1))
	for _, c := range []struct {
		at   time.Time
		want error
	}{
		{day.AddDays(-1).At(0, 0).Add(-time.Second), ErrDayCodeEarly},
		{day.AddDays(-1).At(0, 0), nil},
		{day.At(21, 59), nil},
		{day.At(22, 0), ErrOver},
	} {
		k.clock.Set(c.at)
		if _, err := k.service.DayCode(t.Context(), code); c.want != nil {
			wantError(t, c.at.String(), err, c.want)
		} else if err != nil {
			t.Errorf("%v: %v", c.at, err)
		}
	}
}

// Digits that another ticket of the date has are passed over, under whatever key they were stored.
func TestDayCodesOfADateDiffer(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, testkit.EventOptions{StartsAt: clock.DateOf(k.clock.Now()).At(14, 0)})
	_, other := k.take(t, ask(e, 1))
	code, _ := k.take(t, ask(e, 1))
	for turn := 1; turn <= 2; turn++ {
		digits, err := code.DayCode(turn)
		if err != nil {
			t.Fatal(err)
		}
		if turn == 2 {
			_, other = k.take(t, ask(e, 1))
		}
		k.exec(t, "update ticket set day_code_mac = $2 where id = $1", other.ID, k.keys.DayCodeMACs(digits)[0])
	}
	got, err := k.service.DayCode(t.Context(), code)
	third, _ := code.DayCode(3)
	if err != nil || got.Reveal() != third.Reveal() {
		t.Errorf("two collisions: %v, not the third turn's digits", err)
	}
}
