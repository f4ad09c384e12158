package ticket

import (
	"errors"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// straggler sends, as of a process that is gone, an attempt that was taken up so long ago.
func (k *kit) straggler(t *testing.T, e testkit.Event, code secret.Ticket, ago time.Duration) string {
	t.Helper()
	r := k.request(t, e)
	r.mac, r.ownSecret, r.askedAt = k.keys.TicketMAC(code), false, clock.System().Now().Add(-ago)
	verdicts, err := k.service.store.grant(t.Context(), []*request{k.request(t, e), r, k.request(t, e)})
	if err != nil {
		t.Fatal(err)
	}
	return verdicts[1].outcome
}

// Whoever asked again and heard that all is full must not have a seat a moment later without knowing it.
func TestALostAttemptComesTooLate(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 3)
	holder, _ := k.take(t, ask(e, 3))
	again := ask(e, 1)
	again.Secret = newSecret(t)
	if _, _, err := k.service.Take(t.Context(), again); !errors.Is(err, ErrFull) {
		t.Fatalf("Take: %v, want it full", err)
	}
	if _, err := k.service.Cancel(t.Context(), holder); err != nil {
		t.Fatal(err)
	}
	if got := k.straggler(t, e, again.Secret, time.Second); got != "full" {
		t.Errorf("the lost attempt: %q", got)
	}
	if taken := k.taken(t, e.Quota()); taken != 2 {
		t.Errorf("%d seats taken, want those of its neighbours in the batch", taken)
	}
	if _, _, err := k.service.Take(t.Context(), again); err != nil {
		t.Errorf("asking anew: %v", err)
	}
	if got := k.straggler(t, e, again.Secret, time.Second); got != "duplicate" {
		t.Errorf("the lost attempt, once there is a ticket: %q", got)
	}
	k.clock.Advance(2 * time.Minute)
	if err := k.db.InWorker(t.Context(), func(tx *postgres.Tx) error {
		_, err := tx.Pgx.Exec(t.Context(), "select guard_forget()")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := k.number(t, "select count(*) from ticket_refusal"); n != 0 {
		t.Errorf("%d refusals are remembered for long", n)
	}
}

// The lost attempt may be in the middle of its work as well: then the next one waits, and finds what it did.
func TestALostAttemptIsWaitedFor(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 3)
	other := k.serve(t, k.open(t), k.keys)
	code := newSecret(t)
	release := k.lock(t, e.Quota())
	lost := make(chan string, 1)
	go func() { lost <- k.straggler(t, e, code, time.Second) }()
	k.waiting(t, 1)
	heard := make(chan error, 1)
	go func() {
		r := ask(e, 1)
		r.Secret = code
		_, _, err := other.Take(t.Context(), r)
		heard <- err
	}()
	k.waiting(t, 2)
	release()
	if got := <-lost; got != "granted" {
		t.Errorf("the lost attempt: %q", got)
	}
	if err := <-heard; err != nil {
		t.Errorf("the one that asked again: %v, want the ticket that there is", err)
	}
	if n := k.number(t, "select count(*) from ticket where secret_mac = $1", k.keys.TicketMAC(code)); n != 1 {
		t.Errorf("%d tickets of one code", n)
	}
}
