package door

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// guess gives the n-th six digits that are not code's.
func guess(n int, code secret.DayCode) secret.DayCode {
	for ; ; n += 500_000 {
		if g, ok := secret.ParseDayCode(fmt.Sprintf("%06d", n%1_000_000)); ok && g.Reveal() != code.Reveal() {
			return g
		}
	}
}

// retryAfter is how long a refusal asks to wait.
func retryAfter(err error) time.Duration {
	f, _ := fault.As(err)
	seconds, _ := f.Params["retry_after"].(int)
	return time.Duration(seconds) * time.Second
}

// holder takes a seat and gives the code and its digits.
func (k *kit) holder() (secret.Ticket, secret.DayCode) {
	k.Helper()
	code := k.take(k.event, 1)
	digits, err := k.tickets.DayCode(k.Context(), code)
	if err != nil {
		k.Fatal(err)
	}
	return code, digits
}

// [S10] Whoever has one day link and tries digit after digit, by check-in and by taking back, from
// many phones and over two processes, is told of ten.
func TestDayCodesAreNotGuessedAtOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	code, digits := k.holder()
	services := []*Service{k.service, NewService(k.db, k.keys, rand.Reader)}
	outcomes := make(chan error, 400)
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 50 {
				do := services[i%2].CheckIn
				if i%3 == 0 {
					do = services[i%2].Undo
				}
				_, err := do(t.Context(), token, Shown{DayCode: guess(worker*1000+i, digits)})
				outcomes <- err
			}
		})
	}
	all.Wait()
	close(outcomes)
	judged := 0
	for err := range outcomes {
		switch {
		case errors.Is(err, ErrNotToday):
			judged++
		case !errors.Is(err, ErrPaused) || retryAfter(err) != time.Minute:
			t.Errorf("refused with %v", err)
		}
	}
	if judged != MaxMisses {
		t.Errorf("%d guesses were judged, want %d", judged, MaxMisses)
	}
	// While it waits nothing is said of the right digits either; the code itself is no guess, and a
	// ticket of nobody is none.
	_, err := k.service.CheckIn(t.Context(), token, Shown{DayCode: digits})
	k.want("the right digits", err, ErrPaused)
	if c := k.checkIn(token, Shown{Secret: code}); c.Outcome != Arrived {
		t.Errorf("the participation code: %s", c.Outcome)
	}
	_, err = k.service.CheckIn(t.Context(), token, Shown{Secret: newSecret(t)})
	k.want("a participation code of nobody", err, ErrNotToday)
	if c := k.tap(token, Tap{ID: uuid.New(), Delta: 1}); c.Count != 1 {
		t.Errorf("counting: %+v", c)
	}
	// Another link of the same date is another door.
	if c := k.checkIn(k.link(), Shown{DayCode: digits}); c.Outcome != Already {
		t.Errorf("another link: %s", c.Outcome)
	}
	// Staff hear of it, at the door and in the list of links, until it is over.
	for after, paused := range map[time.Duration]bool{0: true, time.Minute - time.Second: true, time.Minute: false} {
		k.clock.Advance(after)
		d, err := k.service.Open(t.Context(), token)
		links, listed := k.service.Links(t.Context(), k.by.Organization, k.event.ID, k.event.OccurrenceID)
		if err != nil || listed != nil || len(links) != 2 {
			t.Fatal(err, listed, links)
		}
		known := 0
		for _, l := range links {
			if l.PausedUntil != nil {
				known++
			}
		}
		if (d.PausedUntil != nil) != paused || (known == 1) != paused {
			t.Errorf("after %v: the door says %v, %d links are paused", after, d.PausedUntil, known)
		}
		k.clock.Advance(-after)
	}
	k.clock.Advance(time.Minute)
	if c := k.checkIn(token, Shown{DayCode: digits}); c.Outcome != Already {
		t.Errorf("after the pause: %s", c.Outcome)
	}
}

// Waits grow while guessing goes on and shrink again when it stops; over a whole day the budget is
// ten and one a minute, however patient the guesser.
func TestGuessingGetsSlower(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	_, digits := k.holder()
	began, judged := k.clock.Now(), 0
	var pauses []time.Duration
	tryOne := func() (wait time.Duration) {
		_, err := k.service.CheckIn(t.Context(), token, Shown{DayCode: guess(judged, digits)})
		switch {
		case errors.Is(err, ErrPaused):
			return retryAfter(err)
		case !errors.Is(err, ErrNotToday):
			t.Fatal(err)
		}
		judged++
		return 0
	}
	for k.clock.Now().Sub(began) < time.Hour {
		if wait := tryOne(); wait > 0 {
			pauses = append(pauses, wait)
			k.clock.Advance(wait)
		}
		if most := MaxMisses + int(k.clock.Now().Sub(began)/Forgiven); judged > most {
			t.Fatalf("%d guesses in %v, want at most %d", judged, k.clock.Now().Sub(began), most)
		}
	}
	if judged < 50 {
		t.Errorf("%d guesses in an hour: the pauses are longer than the budget asks for", judged)
	}
	for i, wait := range pauses {
		if wait != Pauses[min(i, len(Pauses)-1)] {
			t.Errorf("pause %d lasts %v", i, wait)
		}
	}
	// Each calm half hour makes the next pause a step shorter.
	k.exec(
		"update door_link set paused_until = $1, misses = 9, missed_at = $2, pauses = 4",
		k.clock.Now().Add(-time.Hour),
		k.clock.Now(),
	)
	tryOne()
	if wait := tryOne(); wait != Pauses[2] {
		t.Errorf("after an hour of calm: %v, want %v", wait, Pauses[2])
	}
}

// A busy door where one in five mistypes, a person every twelve seconds for an hour, is never kept
// waiting; right digits give nothing back to a guesser.
func TestABusyDoorIsNotKeptWaiting(t *testing.T) {
	t.Parallel()
	k := setup(t)
	token := k.link()
	_, digits := k.holder()
	for i := range 300 {
		k.clock.Advance(12 * time.Second)
		shown := Shown{DayCode: digits}
		if i%5 == 0 {
			shown.DayCode = guess(i, digits)
		}
		if _, err := k.service.CheckIn(t.Context(), token, shown); err != nil && !errors.Is(err, ErrNotToday) {
			t.Fatalf("person %d: %v", i, err)
		}
	}
	k.clock.Advance(MaxMisses * Forgiven)
	for i := range MaxMisses {
		if c := k.checkIn(token, Shown{DayCode: digits}); c.Outcome != Already {
			t.Fatal(c.Outcome)
		}
		_, err := k.service.CheckIn(t.Context(), token, Shown{DayCode: guess(i, digits)})
		k.want("a miss between two hits", err, ErrNotToday)
	}
	_, err := k.service.CheckIn(t.Context(), token, Shown{DayCode: digits})
	k.want("after ten misses", err, ErrPaused)
}
