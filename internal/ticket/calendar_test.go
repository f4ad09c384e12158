package ticket

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

func TestPrivateCalendar(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.line(t, 1)
	held, _ := k.take(t, ask(e, 1))
	code, _ := k.take(t, waitFor(e, 1, WaitQuota))
	start := func() secret.Calendar {
		t.Helper()
		token, err := k.service.StartCalendar(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	follow := func(token secret.Calendar) Followed {
		t.Helper()
		f, err := k.service.Follow(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	dead := func(what string, token secret.Calendar) {
		t.Helper()
		_, err := k.service.Follow(t.Context(), token)
		wantError(t, what, err, ErrUnknown)
	}
	got, err := k.service.Look(t.Context(), code)
	if _, on := got.Calendar(code); on || err != nil {
		t.Errorf("on without being asked for: %v", err)
	}
	first := start()
	if f := follow(first); f.Status != Waiting || !f.StartsAt.Equal(e.StartsAt) {
		t.Errorf("followed = %+v", f)
	}
	got, _ = k.service.Look(t.Context(), code)
	if shown, on := got.Calendar(code); !on || shown.Reveal() != first.Reveal() {
		t.Error("the ticket's page can't show the address again")
	}
	second := start()
	dead("the address before the renewal", first)
	k.cancel(t, held)
	if f := follow(second); f.Status != Confirmed {
		t.Errorf("followed after the promotion = %+v", f)
	}
	k.exec(t, "update occurrence set status = 'cancelled', cancelled_at = now() where id = $1", e.OccurrenceID)
	if f := follow(second); !f.Off {
		t.Errorf("followed after the date was cancelled = %+v", f)
	}
	fresh, _, err := k.service.Rotate(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	dead("the address of a code that was changed", second)
	code = fresh
	third := start()
	if err := k.service.StopCalendar(t.Context(), code); err != nil {
		t.Fatal(err)
	}
	dead("a calendar that was turned off", third)
	fourth := start()
	k.clock.Set(e.EndsAt.Add(25 * time.Hour))
	dead("a calendar a day after the end", fourth)
	k.cancelled(t, code)
}

// cancelled asks for a calendar of a ticket that is no longer active.
func (k *kit) cancelled(t *testing.T, code secret.Ticket) {
	t.Helper()
	k.exec(t, "update ticket set status = 'cancelled' where status = 'confirmed'")
	_, err := k.service.StartCalendar(t.Context(), code)
	wantError(t, "calendar of a cancelled ticket", err, ErrCancelled)
	_, err = k.service.StartCalendar(t.Context(), newSecret(t))
	wantError(t, "calendar of no ticket", err, ErrUnknown)
	wantError(t, "stop the calendar of no ticket", k.service.StopCalendar(t.Context(), newSecret(t)), ErrUnknown)
}

func TestCalendarTokenTellsNothing(t *testing.T) {
	t.Parallel()
	code := newSecret(t)
	token, err := code.Calendar(1)
	if err != nil {
		t.Fatal(err)
	}
	if other, _ := code.Calendar(2); other.Reveal() == token.Reveal() || token.Reveal() == code.Reveal() {
		t.Error("tokens repeat")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		if text := fmt.Sprintf(
			verb,
			struct{ T secret.Calendar }{token},
		); strings.Contains(
			strings.ToUpper(text),
			token.Reveal(),
		) {
			t.Errorf("%s prints the token", verb)
		}
	}
	if back, ok := secret.ParseCalendar(token.Reveal()); !ok || back.Reveal() != token.Reveal() {
		t.Error("the token can't be read back")
	}
	for _, wrong := range []string{"", strings.ToLower(token.Reveal()), token.Reveal() + "0", "x.ics"} {
		if _, ok := secret.ParseCalendar(wrong); ok {
			t.Errorf("%q is taken for a token", wrong)
		}
	}
}

// Whoever stops the calendar, because somebody else has its address, must never give that address
// back to them.
func TestAnAddressThatWasGivenUpStaysDead(t *testing.T) {
	t.Parallel()
	k := setup(t)
	code, _ := k.take(t, ask(k.seats(t, 1), 1))
	seen := map[string]bool{}
	for i := range 3 {
		for range 2 {
			token, err := k.service.StartCalendar(t.Context(), code)
			if err != nil {
				t.Fatal(err)
			}
			if seen[token.Reveal()] {
				t.Fatalf("round %d: an address came back", i)
			}
			seen[token.Reveal()] = true
			if _, err := k.service.Follow(t.Context(), token); err != nil {
				t.Errorf("the new address: %v", err)
			}
		}
		if err := k.service.StopCalendar(t.Context(), code); err != nil {
			t.Fatal(err)
		}
	}
	if n := k.number(t, "select calendar_turn from ticket"); n != 6 {
		t.Errorf("turn %d", n)
	}
}
