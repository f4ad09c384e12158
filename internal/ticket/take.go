package ticket

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Take gives a confirmed ticket and its secret. With a secret that has a ticket already it gives
// that ticket as it is now, or ErrPayloadDiffers when it is for something else.
//
// When the quota is full and r.Wait asks for it, the ticket is a waiting one. Where seats are drawn
// by lot, it is an application.
//
// A request for slots is for all of them or none; it also fails with the errors of ChangeSlots.
//
// It fails with ErrQuotaUnknown, ErrNotNeeded, ErrOtherWay, ErrNotAccepting, ErrNotOpen, ErrClosed,
// ErrTooManySeats, ErrSeats, ErrNickname, ErrAnswers, ErrFull, ErrNoList, ErrListFull, ErrTooLarge,
// ErrDrawFull, ErrReach, ErrTooBusy, or postgres.ErrUnavailable. After the last one, and after ctx
// has ended, a ticket may exist all the same if the caller made its secret: asking again with the
// same secret tells.
func (s *Service) Take(ctx context.Context, r Request) (secret.Ticket, Ticket, error) {
	code, t, err := s.take(ctx, r)
	if err != nil {
		err = s.hideDraft(ctx, r, err)
		return secret.Ticket{}, Ticket{}, fmt.Errorf("take ticket: %w", err)
	}
	return code, t.opened(code), nil
}

func (s *Service) take(ctx context.Context, r Request) (secret.Ticket, Ticket, error) {
	if err := r.clean(); err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	if r.wantsSeatsAlone() && s.granter.IsFull(r.EventID, r.QuotaID, r.Seats) {
		return secret.Ticket{}, Ticket{}, ErrFull
	}
	a, err := newAttempt(r, s.keys, s.random)
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	got, err := s.ask(ctx, a)
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	t, err := s.settle(ctx, a, got)
	return a.Secret, t, err
}

// ask has the database judge an attempt: by the statement for the way in which the quota's seats
// are taken. Memory tells the way, and the statement looks again.
func (s *Service) ask(ctx context.Context, a attempt) (reply, error) {
	if t, err := s.readOlder(ctx, a); !errors.Is(err, ErrUnknown) {
		return reply{slotVerdict: slotVerdict{outcome: duplicate}, ticket: t}, err
	}
	way, err := s.wayOf(ctx, a)
	if err != nil {
		return reply{}, err
	}
	for {
		got, err := s.askBy(ctx, way, a)
		if err != nil || got.outcome != otherWay || len(a.Slots) > 0 {
			return got, err
		}
		now, err := s.ways.fresh(ctx, a.QuotaID)
		if err != nil || now == way {
			return got, err
		}
		way = now // staff have changed the way since it was read
	}
}

// readOlder looks under the keys that no longer sign; with one key there are none, and the
// statements find the rest by themselves.
func (s *Service) readOlder(ctx context.Context, a attempt) (Ticket, error) {
	if a.ownSecret {
		return Ticket{}, ErrUnknown
	}
	macs := s.keys.TicketMACs(a.Secret)
	if len(macs) == 1 {
		return Ticket{}, ErrUnknown
	}
	return s.store.read(ctx, macs[1:])
}

// wayOf gives the way in which the places that an attempt names are taken, "" when the public sees
// no such quota.
func (s *Service) wayOf(ctx context.Context, a attempt) (event.Reservation, error) {
	if len(a.Slots) > 0 {
		return event.Slot, nil
	}
	return s.ways.of(ctx, a.QuotaID)
}

// askBy has one statement judge an attempt. All but the batches of seats go on when the caller
// leaves, so that it is known what became of the attempt: an application that nobody can take back
// could win a seat, and slots would stay taken.
func (s *Service) askBy(ctx context.Context, way event.Reservation, a attempt) (reply, error) {
	switch way {
	case event.Lottery:
		going, stop := s.goOn(ctx)
		defer stop()
		return s.store.apply(going, a)
	case event.Slot:
		going, stop := s.goOn(ctx)
		defer stop()
		return s.store.takeSlots(going, a)
	}
	// This also judges what needs no registration and what the public does not see.
	v, err := s.granter.Grant(ctx, a.grantRequest())
	if err != nil {
		return reply{}, err
	}
	got := replyOf(a, v)
	switch {
	case got.outcome == full && a.Wait != NoWait:
		going, stop := s.goOn(ctx)
		defer stop()
		return s.store.wait(going, a)
	case got.outcome == duplicate:
		got.ticket, err = s.store.read(ctx, [][]byte{a.mac})
	case v.LinkIsOpen:
		// If it can't be read, the page of the ticket shows the link: the seat is taken, and that
		// must be said.
		if t, err := s.store.read(ctx, [][]byte{a.mac}); err == nil {
			got.ticket = t
		}
	}
	return got, err
}

// settle makes the database's word on an attempt the caller's answer. What was taken is given back
// when the caller has left without hearing the secret.
func (s *Service) settle(ctx context.Context, a attempt, got reply) (Ticket, error) {
	switch got.outcome {
	case granted, waiting, applied:
		if gone := ctx.Err(); gone != nil && a.ownSecret {
			return Ticket{}, errors.Join(postgres.Unavailable(gone), s.giveBack(ctx, a))
		}
		s.countAnswers(a.Request, got.ticket)
		return got.ticket, nil
	case duplicate:
		return s.replay(ctx, a.Request, got.ticket)
	}
	return Ticket{}, got.refuse(a)
}

// takeLimit is how long an attempt may take after its caller has left.
const takeLimit = 10 * time.Second

// goOn derives from ctx a context that goes on when the caller leaves.
func (s *Service) goOn(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), s.store.Timeout(takeLimit))
}

func (s *Service) giveBack(ctx context.Context, a attempt) error {
	going, stop := s.goOn(ctx)
	defer stop()
	err := s.store.giveBack(going, a.mac)
	s.granter.Freed(a.EventID, a.QuotaID)
	return err
}

// replay answers a request whose secret has a ticket, once the ticket is where a new one would be.
func (s *Service) replay(ctx context.Context, r Request, t Ticket) (Ticket, error) {
	if !r.isAnsweredBy(t) {
		return Ticket{}, ErrPayloadDiffers
	}
	if err := s.confirm(ctx); err != nil {
		return Ticket{}, err
	}
	return t, nil
}

// Replay gives the ticket that r's secret has already, as Take would give it, and takes nothing:
// ErrUnknown when it has none, ErrPayloadDiffers when its ticket is for something else,
// ErrNickname.
func (s *Service) Replay(ctx context.Context, r Request) (Ticket, error) {
	nickname, err := CleanNickname(r.Nickname)
	if err != nil {
		return Ticket{}, fmt.Errorf("replay ticket: %w", err)
	}
	r.Nickname = nickname
	t, err := s.Look(ctx, r.Secret)
	if err != nil {
		return Ticket{}, err
	}
	if t, err = s.replay(ctx, r, t); err != nil {
		return Ticket{}, fmt.Errorf("replay ticket: %w", err)
	}
	return t, nil
}

// countAnswers passes the answers of a new ticket on. A request that was sent again never comes
// here. Who only waits is in no figure: answers can't be taken back, and most who wait get no
// seat.
func (s *Service) countAnswers(r Request, t Ticket) {
	if s.tally != nil && r.Answers != (Answers{}) && t.Status != Waiting {
		s.tally.Count(t.OccurrenceID, r.Answers)
	}
}

// hideDraft gives whoever asks for seats of an event that the public may not see the same answer as
// whoever asks for seats that never were. Refusals that only a listed event can get, those of a
// rush among them, stay as they are.
func (s *Service) hideDraft(ctx context.Context, r Request, refusal error) error {
	switch {
	case len(r.Slots) > 0:
		if errors.Is(refusal, ErrSlotUnknown) || errors.Is(refusal, ErrSlotFull) {
			return refusal
		}
	case errors.Is(refusal, ErrNotNeeded), errors.Is(refusal, ErrOtherWay), errors.Is(refusal, ErrNotAccepting):
	default:
		return refusal
	}
	listed, err := s.store.isListed(ctx, r.EventID)
	switch {
	case err != nil:
		return err
	case listed:
		return refusal
	case len(r.Slots) == 0:
		return ErrQuotaUnknown
	}
	unknown := ErrSlotUnknown
	for i := range r.Slots {
		unknown = unknown.Field("slot_ids."+strconv.Itoa(i), "slot_not_available")
	}
	return unknown
}
