package ticket

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket/grant"
)

// straggler sends, as of a process that is gone, an attempt that was taken up so long ago.
func (k *kit) straggler(t *testing.T, e testkit.Event, code secret.Ticket, ago time.Duration) grant.Outcome {
	t.Helper()
	of := func(code secret.Ticket) grant.Request {
		return grant.Request{
			Event: e.ID, Quota: e.Quota(), ID: uuid.New(), MAC: k.keys.TicketMAC(code), Seats: 1, OwnSecret: true,
		}
	}
	r := of(code)
	r.OwnSecret, r.AskedAt = false, clock.System().Now().Add(-ago)
	verdicts, err := k.service.granter.Together(
		t.Context(),
		[]grant.Request{of(newSecret(t)), r, of(newSecret(t))},
	)
	if err != nil {
		t.Fatal(err)
	}
	return verdicts[1].Outcome
}

// Whoever asked again and heard that all is full must not have a seat a moment later without
// knowing it.
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

// The lost attempt may be in the middle of its work as well: then the next one waits, and finds
// what it did.
func TestALostAttemptIsWaitedFor(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 3)
	other := k.serve(t, k.open(t), k.keys)
	code := newSecret(t)
	release := k.lock(t, e.Quota())
	lost := make(chan grant.Outcome, 1)
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

// The same where no seat is taken at once: in the line, for the lots and for slots.
func TestALostAttemptComesTooLateElsewhere(t *testing.T) {
	t.Parallel()
	type way struct {
		ask     Request
		refusal error
		heard   outcome // by a late attempt
		// open makes room for the next attempt; lost sends what an attempt of that request has
		// sent, and gives what came of it.
		open func()
		lost func(a attempt) (outcome, error)
		want outcome // of an attempt that is not too late
	}
	ways := map[string]func(t *testing.T, k *kit) way{
		"the line": func(t *testing.T, k *kit) way {
			e := k.line(t, 1)
			holder, _ := k.take(t, ask(e, 1))
			k.exec(t, "update part set waiting_list = false where event_id = $1", e.ID)
			return way{
				ask: waitFor(e, 1, WaitQuota), refusal: ErrNoList, heard: "no_list", want: "granted",
				open: func() {
					k.exec(t, "update part set waiting_list = true where event_id = $1", e.ID)
					k.cancel(t, holder)
				},
				lost: func(a attempt) (outcome, error) {
					got, err := k.service.store.wait(t.Context(), a)
					return got.outcome, err
				},
			}
		},
		"slots": func(t *testing.T, k *kit) way {
			d := k.desk(t, 0, 60)
			holder, _ := k.take(t, d.ask(1))
			return way{
				ask: d.ask(
					0,
					1,
				),
				refusal: ErrSlotFull,
				heard:   full,
				open:    func() { k.cancel(t, holder) },
				want:    "granted",
				lost: func(a attempt) (outcome, error) {
					got, err := k.service.store.takeSlots(t.Context(), a)
					return got.outcome, err
				},
			}
		},
		"the lots": func(t *testing.T, k *kit) way {
			e := k.event(t, testkit.EventOptions{Parts: []testkit.PartOptions{
				{
					Reservation: "lottery",
					OpensAt:     k.clock.Now().Add(time.Hour),
					ClosesAt:    k.clock.Now().Add(untilClosing),
					Quotas:      []testkit.QuotaOptions{{Capacity: 5}},
				},
			}})
			return way{
				ask: ask(
					e,
					1,
				),
				refusal: ErrNotOpen,
				heard:   "not_open",
				open:    func() { k.clock.Advance(2 * time.Hour) },
				want:    "applied",
				lost: func(a attempt) (outcome, error) {
					got, err := k.service.store.apply(t.Context(), a)
					return got.outcome, err
				},
			}
		},
	}
	for name, make := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := setup(t)
			w := make(t, k)
			w.ask.Secret = newSecret(t)
			if _, _, err := k.service.Take(t.Context(), w.ask); !errors.Is(err, w.refusal) {
				t.Fatalf("Take: %v, want %v", err, w.refusal)
			}
			w.open()
			tickets := func() int {
				return k.number(t, "select count(*) from ticket where secret_mac = $1", k.keys.TicketMAC(w.ask.Secret))
			}
			lost := k.attempt(t, w.ask)
			lost.askedAt = clock.System().Now().Add(-time.Minute)
			if got, err := w.lost(lost); err != nil || got != w.heard || tickets() != 0 {
				t.Errorf("the lost attempt: %q, %v, and %d tickets that nobody knows of", got, err, tickets())
			}
			// The control: without the fence, that is as one whose secret only the program knows,
			// it would have got one.
			unfenced := lost
			unfenced.Secret, unfenced.askedAt = newSecret(t), time.Time{}
			unfenced.id, unfenced.mac = uuid.New(), k.keys.TicketMAC(unfenced.Secret)
			got, err := w.lost(unfenced)
			if err != nil || got != w.want {
				t.Fatalf("an attempt of nobody else's: %q, %v, want %q", got, err, w.want)
			}
			k.cancel(t, unfenced.Secret)
			if _, _, err := k.service.Take(t.Context(), w.ask); err != nil {
				t.Errorf("asking anew: %v", err)
			}
			if got, err := w.lost(lost); err != nil || got != duplicate || tickets() != 1 {
				t.Errorf("the lost attempt, once there is a ticket: %q, %v, and %d tickets", got, err, tickets())
			}
		})
	}
}
