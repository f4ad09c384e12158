package admission

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// busyNetwork is how many seats of any quotas a network may take within ten minutes before work is
// asked.
const busyNetwork = 20

// Tickets is what the service admits to; ticket.Service is one.
type Tickets interface {
	Take(ctx context.Context, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
	// Again fails with ticket.ErrUnknown for a secret that has no ticket.
	Replay(ctx context.Context, r ticket.Request) (ticket.Ticket, error)
	Look(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	ChangeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (ticket.Ticket, error)
}

// Options are what a Service is made of; all but Exempt and Logger are required.
type Options struct {
	DB      *postgres.DB // with the public role
	Keys    *secret.Keys
	Random  io.Reader // cryptographically random, safe for concurrent use
	Tickets Tickets
	// Exempt are networks that are never asked: the machine itself, monitoring.
	Exempt []netip.Prefix
	Logger *slog.Logger
}

// Service decides on requests for seats. Safe for concurrent use.
type Service struct {
	store   store
	clock   clock.Clock
	keys    *secret.Keys
	random  io.Reader
	tickets Tickets
	exempt  []netip.Prefix
	log     *slog.Logger
	process uuid.UUID
	seed    maphash.Seed

	pools   pools
	windows *windows
	hours   atomic.Pointer[hours]
	// sharedUntil is until when shares are counted in the database, in Unix seconds.
	sharedUntil atomic.Int64
}

// New makes a service. It knows nothing of other processes until Run or Beat. Like the standard
// library's own, it does not go on without randomness: it panics.
func New(o Options) *Service {
	s := &Service{
		store: store{
			o.DB,
		},
		clock:   o.DB.Clock(),
		keys:    o.Keys,
		random:  o.Random,
		tickets: o.Tickets,
		exempt:  o.Exempt,
		log:     o.Logger,
		seed:    maphash.MakeSeed(),
		pools:   pools{kept: map[uuid.UUID]*pool{}},
		windows: newWindows(),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	keys, err := s.draw()
	if err == nil {
		s.process, err = uuid.NewRandomFromReader(o.Random)
	}
	if err != nil {
		panic(err)
	}
	s.hours.Store(&hours{hour: s.clock.Now().Truncate(time.Hour), now: keys[0], next: keys[1]})
	return s
}

// draw makes keys for this hour and the next.
func (s *Service) draw() ([][]byte, error) {
	keys := [][]byte{make([]byte, 32), make([]byte, 32)}
	for _, key := range keys {
		if _, err := io.ReadFull(s.random, key); err != nil {
			return nil, fmt.Errorf("draw key of the hour: %w", err)
		}
	}
	return keys, nil
}

// Request is a request for seats.
type Request struct {
	Event, Quota uuid.UUID
	Slots        []uuid.UUID // further quotas, of which as much is wanted
	Seats        int
	Secret       secret.Ticket // the zero Secret when the service is to make one
}

// wantedQuota is one quota of a request.
type wantedQuota struct {
	pool    *pool
	quota   uuid.UUID
	used    int       // seats of it that the network has
	most    int       // and may have
	counted time.Time // in the shared table; zero: not there
}

// Decision is that a request may go on; the zero Decision says so without having counted anything.
// Whoever gets one calls Settle when the request has ended.
type Decision struct {
	service *Service
	network network
	taken   taken // of each
	quotas  []wantedQuota
}

// Take is ticket.Service.Take behind admission; while few ask, that costs a look into two maps.
// proof is "" or an answer to a Challenge; one that is brought must be good and is spent, needed or
// not. A secret that has a ticket already is answered with it however many ask.
//
// Beside Take's own it fails with ErrProofNeeded, ErrSpent, ErrEarly, ErrExpired, ErrChallenge and
// ErrWork.
func (s *Service) Take(
	ctx context.Context,
	from netip.Addr,
	r ticket.Request,
	proof string,
) (secret.Ticket, ticket.Ticket, error) {
	e := s.evaluate(from, Request{Event: r.EventID, Quota: r.QuotaID, Slots: r.Slots, Seats: r.Seats, Secret: r.Secret})
	if e == nil || len(r.Slots) >= ticket.MostSlots { // refused
		return s.tickets.Take(ctx, r)
	}
	if e.seen { // counted lately: nearly always the same request, sent again
		if t, err := s.tickets.Replay(ctx, r); !errors.Is(err, ticket.ErrUnknown) {
			return r.Secret, t, err
		}
	}
	if r.Wait == ticket.NoWait && r.Secret.IsZero() && e.knownFull() {
		return secret.Ticket{}, ticket.Ticket{}, ticket.ErrFull
	}
	decision, err := e.decide(ctx, proof)
	if err != nil {
		if !r.Secret.IsZero() && !e.seen {
			if t, known := s.tickets.Replay(ctx, r); known == nil || errors.Is(known, ticket.ErrPayloadDiffers) {
				return r.Secret, t, known
			}
		}
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	code, t, err := s.tickets.Take(ctx, r)
	decision.Settle(ctx, err)
	return code, t, err
}

// ChangeSlots is ticket.Service.ChangeSlots behind admission: each slot that the ticket does not
// hold yet is judged as one that is taken. What is only given back, and a request that is sent
// again, passes. It fails as ChangeSlots and Take do.
func (s *Service) ChangeSlots(
	ctx context.Context,
	from netip.Addr,
	code secret.Ticket,
	take, giveBack []uuid.UUID,
	proof string,
) (ticket.Ticket, error) {
	if len(take) == 0 || len(take) > ticket.MostSlots { // nothing is taken, or it is refused
		return s.tickets.ChangeSlots(ctx, code, take, giveBack)
	}
	t, err := s.tickets.Look(ctx, code)
	if err != nil {
		return ticket.Ticket{}, err
	}
	var more []uuid.UUID
	for _, slot := range take {
		if !slices.Contains(more, slot) &&
			!slices.ContainsFunc(t.Slots(), func(h ticket.HeldSlot) bool { return h.ID == slot }) {
			more = append(more, slot)
		}
	}
	if len(more) == 0 || len(t.Slots()) == 0 {
		return s.tickets.ChangeSlots(ctx, code, take, giveBack)
	}
	decision, err := s.Admit(
		ctx,
		from,
		Request{Event: t.EventID, Quota: more[0], Slots: more[1:], Seats: 1, Secret: code},
		proof,
	)
	if err != nil {
		return ticket.Ticket{}, err
	}
	t, err = s.tickets.ChangeSlots(ctx, code, take, giveBack)
	decision.Settle(ctx, err)
	return t, err
}

// Admit lets a request through that takes seats in another way than Take, or says what it has to
// bring; Take tells how it fails. Whoever calls it answers a secret that has a ticket already by
// itself.
func (s *Service) Admit(ctx context.Context, from netip.Addr, a Request, proof string) (Decision, error) {
	e := s.evaluate(from, a)
	if e == nil {
		return Decision{}, nil
	}
	return e.decide(ctx, proof)
}

// Settle tells the service how the request ended: a request that got no seat is not counted. It is
// called once.
func (d Decision) Settle(ctx context.Context, err error) {
	g := d.service
	if g == nil || err == nil {
		return
	}
	if errors.Is(err, ticket.ErrFull) {
		full := d.quotas[0].pool
		full.mu.Lock()
		full.fullUntil, full.fullFor = g.clock.Now().Add(fullFor), d.taken.seats
		full.mu.Unlock()
	}
	if errors.Is(err, postgres.ErrUnavailable) {
		return // a ticket may exist all the same
	}
	d.undo(ctx)
}

// undo takes back what was counted.
func (d Decision) undo(ctx context.Context) {
	d.service.windows.mu.Lock()
	for _, w := range d.quotas {
		d.service.windows.remove(d.network, w.quota, d.taken)
	}
	d.service.windows.mu.Unlock()
	// The caller may have gone; a seat that nobody took must not count for ten minutes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, w := range d.quotas {
		if w.counted.IsZero() {
			continue
		}
		if err := d.service.store.giveBack(ctx, d.network, w.quota, w.counted, d.taken.seats); err != nil {
			d.service.log.LogAttrs(ctx, slog.LevelWarn, "could not uncount a share", slog.Any("cause", err))
		}
	}
}
