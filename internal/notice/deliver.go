package notice

import (
	"context"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/job"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Names of the duty and the tasks, as the queue keeps them.
const (
	Duty       = "deliver_notices" // notice_wake in migrations/functions has it too
	RemindTask = "write_reminders"
	WakeTask   = "wake_notices"
)

// purposeID makes Message-IDs that say nothing of a ticket to whoever has both the mail and the
// database, but not the key.
const purposeID secret.Purpose = "notice id v1"

// Opener opens sealed contacts; contact.Vault is one. It fails with contact.ErrNoKey and
// contact.ErrSealed.
type Opener interface {
	Open(key, ticket uuid.UUID, sealed []byte) (contact.Contact, error)
}

// Options are what a Deliverer needs. Mailer and Pusher may be nil: then what they would carry
// stays due.
type Options struct {
	DB       *postgres.DB
	Contacts Opener
	Mailer   Mailer
	Pusher   Pusher
	Texts    *Texts
	Keys     *secret.Keys
	Log      *slog.Logger
	// Count, when not nil, hears what became of each try, as one of Outcomes; safe for concurrent
	// use.
	Count func(kind Kind, outcome string)
	// Batch is how many notices are read at once, and Most how long one call goes on; zero for what
	// fits.
	Batch int
	Most  time.Duration
}

// Outcomes are what becomes of a try: sent; failed, to be tried again; gave_up after the last
// round; refused by who should take it; dropped, because there is nothing to tell any more.
var Outcomes = []string{"sent", "failed", "gave_up", "refused", "dropped"}

// outcomes by what the ledger calls them.
var outcomes = map[string]string{
	"sent":    "sent",
	"later":   "failed",
	"failed":  "gave_up",
	"refused": "refused",
	"dropped": "dropped",
}

// Deliverer sends what is due. Safe for concurrent use, in other processes too.
type Deliverer struct{ Options }

// NewDeliverer makes one.
func NewDeliverer(o Options) *Deliverer {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Batch == 0 {
		o.Batch = 100
	}
	if o.Most == 0 {
		o.Most = 5 * time.Minute // half of what a job may take
	}
	return &Deliverer{o}
}

// delivery is one call of Deliver.
type delivery struct {
	*Deliverer
	ledger *ledger
	now    time.Time
	outbox Outbox
	counts map[string]int
	again  bool // the next round has something to do
}

// Deliver sends the notices of an event that are in a round, and says when to be called again.
// Where another worker is at it, it does nothing. An error means that a server or the database is
// not there; nothing is lost.
func (d *Deliverer) Deliver(ctx context.Context, event uuid.UUID, round int) (next []job.Again, err error) {
	l, err := lockEvent(ctx, d.DB, event)
	if err != nil {
		return nil, fmt.Errorf("deliver notices: %w", err)
	}
	if l == nil {
		return nil, nil
	}
	defer l.close(ctx)
	run := &delivery{Deliverer: d, ledger: l, now: d.DB.Clock().Now(), counts: map[string]int{}}
	defer run.close(ctx, round)
	begun := clock.Start()
	var night *time.Time
	if Quiet(run.now) {
		before := urgentBefore(run.now)
		night = &before
	}
	for {
		rows, err := l.due(ctx, round, night, d.Batch)
		if err != nil {
			return nil, fmt.Errorf("read due notices: %w", err)
		}
		for i := range rows {
			if err := run.one(ctx, &rows[i], round); err != nil {
				return nil, fmt.Errorf("deliver notices: %w", err)
			}
		}
		if len(rows) < d.Batch {
			break
		}
		if begun.Elapsed() > d.Most {
			next = append(next, job.Again{Round: round})
			break
		}
	}
	if run.again {
		next = append(next, job.Again{Round: round + 1, After: backoff(round + 1)})
	}
	if night != nil {
		left, err := l.held(ctx, round)
		if err != nil {
			return nil, fmt.Errorf("read held notices: %w", err)
		}
		if left {
			next = append(next, job.Again{Round: round, After: Morning(run.now).Sub(run.now)})
		}
	}
	return next, nil
}

func (r *delivery) close(ctx context.Context, round int) {
	if r.outbox != nil {
		_ = r.outbox.Close() // what was sent was sent
	}
	if len(r.counts) == 0 {
		return
	}
	attrs := []slog.Attr{slog.Int("round", round)}
	for _, what := range []string{"sent", "dropped", "refused", "failed", "later"} {
		if n := r.counts[what]; n > 0 {
			attrs = append(attrs, slog.Int(what, n))
		}
	}
	r.Log.LogAttrs(ctx, slog.LevelInfo, "notices delivered", attrs...)
}

// one deals with one notice. Its error ends the whole call.
func (r *delivery) one(ctx context.Context, n *row, round int) error {
	if n.sealed == nil || !n.holds(r.now) {
		return r.settle(ctx, n, "dropped")
	}
	if n.handovers >= maxHandovers {
		return r.settle(ctx, n, "sent") // as far as anybody can know
	}
	to, err := r.Contacts.Open(n.sealed.key, n.ticket, n.sealed.sealed)
	if errors.Is(err, contact.ErrNoKey) || errors.Is(err, contact.ErrSealed) {
		return r.settle(ctx, n, "dropped")
	}
	if err != nil {
		return err
	}
	withdrawn, left := false, false
	handover := func(ctx context.Context) error {
		still, err := r.ledger.handOver(ctx, n.key)
		if err == nil && !still {
			withdrawn = true
			return errors.New("withdrawn")
		}
		left = err == nil
		return err
	}
	err = r.send(ctx, to, n, handover)
	switch {
	case withdrawn:
		r.count(n, "dropped")
		return nil
	case err == nil:
		if err := r.settle(ctx, n, "sent"); err != nil {
			return err
		}
		if n.kind == Result && !n.ticketStatus.Active() {
			return r.ledger.forget(ctx, n.ticket) // it was the last word
		}
		return nil
	case errors.Is(err, ErrGone):
		if err := r.ledger.forget(ctx, n.ticket); err != nil {
			return err
		}
		return r.settle(ctx, n, "refused")
	case errors.Is(err, ErrRefused):
		return r.settle(ctx, n, "refused")
	case errors.Is(err, ErrLater), errors.Is(err, ErrUnclear):
		if errors.Is(err, ErrUnclear) {
			r.drop() // the connection is not to be trusted any more
		}
		if round >= lastRound {
			return r.settle(ctx, n, "failed")
		}
		r.again = true
		r.count(n, "later")
		return r.ledger.again(ctx, n.key, left && errors.Is(err, ErrLater))
	}
	r.drop()
	return err
}

func (r *delivery) settle(ctx context.Context, n *row, state string) error {
	// A message that was taken must be written down though the worker is told to stop.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := r.ledger.settle(ctx, n.key, state); err != nil {
		return fmt.Errorf("settle notice: %w", err)
	}
	r.count(n, state)
	return nil
}

func (r *delivery) count(n *row, state string) {
	r.counts[state]++
	if r.Count != nil {
		r.Count(n.kind, outcomes[state])
	}
}

func (r *delivery) drop() {
	if r.outbox != nil {
		_ = r.outbox.Close()
		r.outbox = nil
	}
}

func (r *delivery) send(ctx context.Context, to contact.Contact, n *row, handover Handover) error {
	if p, ok := to.Push(); ok {
		if r.Pusher == nil {
			return fmt.Errorf("%w: no pusher is set up", ErrUnreachable)
		}
		payload, err := r.Texts.Push(n.kind)
		if err != nil {
			return err
		}
		return r.Pusher.Push(ctx, p, payload, handover)
	}
	if r.Mailer == nil {
		return fmt.Errorf("%w: no mail server is set up", ErrUnreachable)
	}
	subject, text, err := r.Texts.Mail(n.kind)
	if err != nil {
		return err
	}
	if r.outbox == nil {
		if r.outbox, err = r.Mailer.Open(ctx); err != nil {
			return err
		}
	}
	return r.outbox.Send(ctx, Mail{To: to, ID: r.id(n.key), Subject: subject, Text: text}, handover)
}

// id is the same for the same notice, whoever sends it.
func (r *delivery) id(k key) string {
	sum := r.Keys.MAC(purposeID, fmt.Appendf(nil, "%s %s %d", k.ticket, k.kind, k.revision))
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:20]))
}
