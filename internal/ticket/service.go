package ticket

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Service takes, shows, cancels and rotates tickets. Safe for concurrent use.
type Service struct {
	store  store
	keys   *secret.Keys
	random io.Reader
	tally  Tally // nil: answers are dropped
	lanes  [lanes]*lane
	log    *slog.Logger
	// confirm waits for the standbys; before anybody is told of what an earlier transaction did.
	confirm func(ctx context.Context) error
}

// New starts the service; Close ends it. random must be cryptographically random and safe for concurrent use, as crypto/rand's Reader is; a nil log is
// silence.
func New(db *postgres.DB, keys *secret.Keys, random io.Reader, log *slog.Logger) *Service {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &Service{store: store{pool: db.PublicPool(), clock: db.Clock()}, keys: keys, random: random, log: log, confirm: db.Confirm}
	for i := range s.lanes {
		s.lanes[i] = startLane(s.store, log)
	}
	return s
}

// Close answers what waits and stops; call it once, after the callers have been stopped and before the database is closed. Take fails from then on.
func (s *Service) Close() {
	for _, l := range s.lanes {
		l.close()
	}
}

// Take gives a confirmed ticket and its secret. With a secret that has a ticket already it gives that ticket as it is now, or ErrPayloadDiffers when
// it is for something else.
//
// When the quota is full and r.Wait asks for it, the ticket is a waiting one. Where seats are drawn by lot, it is an application.
//
// A request for slots is for all of them or none; it also fails with the errors of ChangeSlots.
//
// It fails with ErrQuotaUnknown, ErrNotNeeded, ErrOtherWay, ErrNotAccepting, ErrNotOpen, ErrClosed, ErrTooManySeats, ErrSeats, ErrNickname, ErrAnswers, ErrFull,
// ErrNoList, ErrListFull, ErrTooLarge, ErrDrawFull, ErrReach, ErrTooBusy, or postgres.ErrUnavailable. After the last one, and after ctx has ended, a ticket may
// exist all the same if the caller made its secret: asking again with the same secret tells.
func (s *Service) Take(ctx context.Context, r Request) (secret.Ticket, Ticket, error) {
	code, t, err := s.take(ctx, r)
	if err != nil {
		err = s.hideDraft(ctx, r, err)
		return secret.Ticket{}, Ticket{}, fmt.Errorf("take ticket: %w", err)
	}
	return code, t.opened(code), nil
}

func (s *Service) take(ctx context.Context, r Request) (secret.Ticket, Ticket, error) {
	nickname, err := CleanNickname(r.Nickname)
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	if !slices.Contains(reaches, r.Wait) {
		return secret.Ticket{}, Ticket{}, ErrReach.Field("wait_for", "unknown_value")
	}
	if err := r.Answers.check(); err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	if r.Seats < 1 {
		return secret.Ticket{}, Ticket{}, ErrSeats.Field("seats", "too_small", "min", 1)
	}
	r.Nickname = nickname
	lane, made := s.lane(r.QuotaID), !r.Secret.IsZero()
	if r.askedAt = (time.Time{}); made {
		r.askedAt = clock.System().Now() // not the business clock, which may stand still: it only tells attempts apart
	}
	if len(r.Slots) > 0 {
		return s.takeSlots(ctx, r, !made)
	}
	if made {
		if t, err := s.readOlder(ctx, r.Secret); err == nil {
			return s.again(ctx, r, t)
		} else if !errors.Is(err, ErrUnknown) {
			return secret.Ticket{}, Ticket{}, err
		}
	} else {
		if r.Wait == NoWait && lane.soldOuts.tells(place{r.EventID, r.QuotaID}, r.Seats) {
			return secret.Ticket{}, Ticket{}, ErrFull
		}
		if r.Secret, err = secret.NewTicket(s.random); err != nil {
			return secret.Ticket{}, Ticket{}, err
		}
	}
	if r.sealed, err = r.Secret.SealText(r.Nickname); err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return secret.Ticket{}, Ticket{}, fmt.Errorf("make id: %w", err)
	}
	mac := s.keys.TicketMAC(r.Secret)
	v, err := lane.submit(ctx, &request{
		event: r.EventID, quota: r.QuotaID, id: id, mac: mac, nickname: r.sealed, ownSecret: !made, answer: make(chan answer, 1), askedAt: r.askedAt,
		seats: int16(min(r.Seats, math.MaxInt16)), // far above what any quota permits
	})
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	if v.outcome == "full" && r.Wait != NoWait {
		return s.wait(ctx, r, id, mac)
	}
	switch v.outcome {
	case "other_way":
		code, t, err := s.apply(ctx, r, id, mac, !made)
		if errors.Is(err, ErrOtherWay) { // neither seat nor lot: a slot is a quota as well
			return s.takeSlots(ctx, r, !made)
		}
		return code, t, err
	case "granted":
		s.counted(r, *v.ticket)
		if v.linkIsOpen {
			if t, err := s.store.read(ctx, [][]byte{mac}); err == nil {
				v.ticket = &t // else the ticket page shows the link: the seat is taken, and that is what must be told
			}
		}
		return r.Secret, *v.ticket, nil
	case "duplicate":
		t, err := s.store.read(ctx, [][]byte{mac})
		if err != nil {
			return secret.Ticket{}, Ticket{}, err
		}
		return s.again(ctx, r, t)
	case "too_many":
		return secret.Ticket{}, Ticket{}, ErrTooManySeats.With("max", v.most).Field("seats", "too_large", "max", v.most)
	}
	if refusal, ok := refusals[v.outcome]; ok {
		return secret.Ticket{}, Ticket{}, refusal
	}
	return secret.Ticket{}, Ticket{}, fmt.Errorf("understand verdict %q", v.outcome)
}

// readOlder looks under the keys that no longer sign; with one key there are none, and the database finds the rest by itself.
func (s *Service) readOlder(ctx context.Context, code secret.Ticket) (Ticket, error) {
	macs := s.keys.TicketMACs(code)
	if len(macs) == 1 {
		return Ticket{}, ErrUnknown
	}
	return s.store.read(ctx, macs[1:])
}

// again answers a secret that has a ticket, once the ticket is where a new one would be.
func (s *Service) again(ctx context.Context, r Request, t Ticket) (secret.Ticket, Ticket, error) {
	same := t.EventID == r.EventID && t.isFor(r) && t.Seats == r.Seats
	if !t.Status.forgotNickname() {
		same = same && t.opened(r.Secret).Nickname == r.Nickname
	}
	if !same {
		return secret.Ticket{}, Ticket{}, ErrPayloadDiffers
	}
	if err := s.confirm(ctx); err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	return r.Secret, t, nil
}

// isFor reports whether r asks for what the ticket was asked for, wherever it was given a seat since.
func (t Ticket) isFor(r Request) bool {
	if t.asked != nil {
		return slices.Equal(distinct(*t.asked), r.slots())
	}
	return t.QuotaID == r.QuotaID && len(r.Slots) == 0 || t.holdsJust(r)
}

// Look gives the ticket of a secret, with the joining link when it is open; ErrUnknown when there is none.
func (s *Service) Look(ctx context.Context, code secret.Ticket) (Ticket, error) {
	if code.IsZero() {
		return Ticket{}, fmt.Errorf("look at ticket: %w", ErrUnknown)
	}
	t, err := s.store.read(ctx, s.keys.TicketMACs(code))
	if err != nil {
		return Ticket{}, fmt.Errorf("look at ticket: %w", err)
	}
	return t.opened(code), nil
}

// Cancel gives the seats back, forgets the nickname and gives the cancelled ticket. It fails with ErrUnknown, with ErrOver once the part has ended and with
// ErrCancelled when the ticket is no longer active.
func (s *Service) Cancel(ctx context.Context, code secret.Ticket) (Ticket, error) {
	if code.IsZero() {
		return Ticket{}, fmt.Errorf("cancel ticket: %w", ErrUnknown)
	}
	for _, mac := range s.keys.TicketMACs(code) {
		outcome, t, err := s.store.cancel(ctx, mac)
		switch {
		case err != nil:
			return Ticket{}, err
		case outcome == "cancelled":
			s.lane(t.QuotaID).soldOuts.forget(place{t.EventID, t.QuotaID})
			return t, nil
		case outcome == "already":
			return Ticket{}, fmt.Errorf("cancel ticket: %w", ErrCancelled)
		case outcome == "over":
			return Ticket{}, fmt.Errorf("cancel ticket: %w", ErrOver)
		}
	}
	return Ticket{}, fmt.Errorf("cancel ticket: %w", ErrUnknown)
}

// Rotate gives the ticket a new secret; the old one is worth nothing from that moment. ErrUnknown when the old one has no ticket.
func (s *Service) Rotate(ctx context.Context, code secret.Ticket) (secret.Ticket, Ticket, error) {
	fresh, err := secret.NewTicket(s.random)
	if err != nil {
		return secret.Ticket{}, Ticket{}, fmt.Errorf("rotate ticket: %w", err)
	}
	t, err := s.RotateTo(ctx, code, fresh)
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	return fresh, t, nil
}

// RotateTo is Rotate to a secret that the caller made. Sent again it gives the same ticket, so that a lost answer loses nothing. ErrUnknown when neither
// secret has a ticket, ErrPayloadDiffers when next is the old secret or has another ticket.
func (s *Service) RotateTo(ctx context.Context, code, next secret.Ticket) (Ticket, error) {
	t, err := s.rotateTo(ctx, code, next)
	if err != nil {
		return Ticket{}, fmt.Errorf("rotate ticket: %w", err)
	}
	return t, nil
}

func (s *Service) rotateTo(ctx context.Context, code, next secret.Ticket) (Ticket, error) {
	switch {
	case code.IsZero() || next.IsZero():
		return Ticket{}, ErrUnknown
	case code.Reveal() == next.Reveal():
		return Ticket{}, ErrPayloadDiffers
	}
	number, err := next.DrawNumber()
	if err != nil {
		return Ticket{}, err
	}
	now, err := s.Look(ctx, code)
	if errors.Is(err, ErrUnknown) {
		return s.rotated(ctx, next)
	}
	if err != nil {
		return Ticket{}, err
	}
	sealed, err := next.SealText(now.Nickname)
	if err != nil {
		return Ticket{}, err
	}
	for _, mac := range s.keys.TicketMACs(code) {
		done, t, err := s.store.rotate(ctx, mac, s.keys.TicketMAC(next), number, sealed)
		if postgres.Violates(err, "ticket_secret_mac_key") {
			return Ticket{}, ErrPayloadDiffers
		}
		if err != nil {
			return Ticket{}, err
		}
		if done {
			return t.opened(next), nil
		}
	}
	return s.rotated(ctx, next) // by the same request, at this moment
}

// rotated answers a rotation that was done already: whoever knows the next secret holds the ticket.
func (s *Service) rotated(ctx context.Context, next secret.Ticket) (Ticket, error) {
	t, err := s.Look(ctx, next)
	if err != nil {
		return Ticket{}, err
	}
	return t, s.confirm(ctx)
}

// lane of a quota; the last bytes of its id are random.
func (s *Service) lane(quota uuid.UUID) *lane {
	return s.lanes[binary.LittleEndian.Uint32(quota[12:])%lanes]
}
