package guard

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"math/bits"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// busyNetwork is how many seats of any quotas a network may take within ten minutes before work is asked.
const busyNetwork = 20

// Tickets is what stands behind the guard; ticket.Service is one.
type Tickets interface {
	Take(ctx context.Context, r ticket.Request) (secret.Ticket, ticket.Ticket, error)
	// Again fails with ticket.ErrUnknown for a secret that has no ticket.
	Again(ctx context.Context, r ticket.Request) (ticket.Ticket, error)
	Look(ctx context.Context, code secret.Ticket) (ticket.Ticket, error)
	ChangeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (ticket.Ticket, error)
}

// Options are what a Guard is made of; all but Exempt and Logger are required.
type Options struct {
	DB      *postgres.DB // with the public role
	Keys    *secret.Keys
	Random  io.Reader // cryptographically random, safe for concurrent use
	Tickets Tickets
	// Exempt are networks that are never asked: the machine itself, monitoring.
	Exempt []netip.Prefix
	Logger *slog.Logger
}

// Guard judges requests for seats. Safe for concurrent use.
type Guard struct {
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

// New makes a guard. It knows nothing of other processes until Run or Beat. Like the standard library's own, it does not go on without randomness: it panics.
func New(o Options) *Guard {
	g := &Guard{
		store: store{o.DB}, clock: o.DB.Clock(), keys: o.Keys, random: o.Random, tickets: o.Tickets, exempt: o.Exempt, log: o.Logger,
		seed: maphash.MakeSeed(), pools: pools{kept: map[uuid.UUID]*pool{}}, windows: newWindows(),
	}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	keys, err := g.draw()
	if err == nil {
		g.process, err = uuid.NewRandomFromReader(o.Random)
	}
	if err != nil {
		panic(err)
	}
	g.hours.Store(&hours{hour: g.clock.Now().Truncate(time.Hour), now: keys[0], next: keys[1]})
	return g
}

// draw makes keys for this hour and the next.
func (g *Guard) draw() ([][]byte, error) {
	keys := [][]byte{make([]byte, 32), make([]byte, 32)}
	for _, key := range keys {
		if _, err := io.ReadFull(g.random, key); err != nil {
			return nil, fmt.Errorf("draw key of the hour: %w", err)
		}
	}
	return keys, nil
}

// Ask is a request for seats.
type Ask struct {
	Event, Quota uuid.UUID
	Slots        []uuid.UUID // further quotas, of which as much is wanted
	Seats        int
	Secret       secret.Ticket // the zero Secret when the service is to make one
}

// piece is one quota of a request.
type piece struct {
	pool    *pool
	quota   uuid.UUID
	used    int       // seats of it that the network has
	most    int       // and may have
	counted time.Time // in the shared table; zero: not there
}

// Pass lets one request through; the zero Pass does, too. Settle it.
type Pass struct {
	guard   *Guard
	network network
	taken   taken // of each
	pieces  []piece
}

// Take is ticket.Service.Take behind the guard: without a crowd that is a look into two maps. proof is "" or an answer to a Challenge; one that is brought must be
// good and is spent, needed or not. A secret that has a ticket already is answered with it whatever the crowd.
//
// Beside Take's own it fails with ErrProofNeeded, ErrSpent, ErrEarly, ErrExpired, ErrChallenge and ErrWork.
func (g *Guard) Take(ctx context.Context, from netip.Addr, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error) {
	j := g.judge(from, Ask{Event: r.EventID, Quota: r.QuotaID, Slots: r.Slots, Seats: r.Seats, Secret: r.Secret})
	if j == nil || len(r.Slots) >= ticket.MostSlots { // refused
		return g.tickets.Take(ctx, r)
	}
	if j.seen { // counted lately: nearly always the same request, sent again
		if t, err := g.tickets.Again(ctx, r); !errors.Is(err, ticket.ErrUnknown) {
			return r.Secret, t, err
		}
	}
	if r.Wait == ticket.NoWait && r.Secret.IsZero() && j.knownFull() {
		return secret.Ticket{}, ticket.Ticket{}, ticket.ErrFull
	}
	pass, err := j.pass(ctx, proof)
	if err != nil {
		if !r.Secret.IsZero() && !j.seen {
			if t, known := g.tickets.Again(ctx, r); known == nil || errors.Is(known, ticket.ErrPayloadDiffers) {
				return r.Secret, t, known
			}
		}
		return secret.Ticket{}, ticket.Ticket{}, err
	}
	code, t, err := g.tickets.Take(ctx, r)
	pass.Settle(ctx, err)
	return code, t, err
}

// ChangeSlots is ticket.Service.ChangeSlots behind the guard: each slot that the ticket does not hold yet is judged as one that is taken. What is only given
// back, and a request that is sent again, passes. It fails as ChangeSlots and Take do.
func (g *Guard) ChangeSlots(ctx context.Context, from netip.Addr, code secret.Ticket, take, giveBack []uuid.UUID, proof string) (ticket.Ticket, error) {
	if len(take) == 0 || len(take) > ticket.MostSlots { // nothing is taken, or it is refused
		return g.tickets.ChangeSlots(ctx, code, take, giveBack)
	}
	t, err := g.tickets.Look(ctx, code)
	if err != nil {
		return ticket.Ticket{}, err
	}
	var more []uuid.UUID
	for _, slot := range take {
		if !slices.Contains(more, slot) && !slices.ContainsFunc(t.Slots(), func(h ticket.HeldSlot) bool { return h.ID == slot }) {
			more = append(more, slot)
		}
	}
	if len(more) == 0 || len(t.Slots()) == 0 {
		return g.tickets.ChangeSlots(ctx, code, take, giveBack)
	}
	pass, err := g.Admit(ctx, from, Ask{Event: t.EventID, Quota: more[0], Slots: more[1:], Seats: 1, Secret: code}, proof)
	if err != nil {
		return ticket.Ticket{}, err
	}
	t, err = g.tickets.ChangeSlots(ctx, code, take, giveBack)
	pass.Settle(ctx, err)
	return t, err
}

// Admit lets a request through that takes seats in another way than Take, or says what it has to bring; Take tells how it fails. Whoever calls it answers a
// secret that has a ticket already by itself.
func (g *Guard) Admit(ctx context.Context, from netip.Addr, a Ask, proof string) (Pass, error) {
	j := g.judge(from, a)
	if j == nil {
		return Pass{}, nil
	}
	return j.pass(ctx, proof)
}

// judge begins; nil for what is not to be judged.
func (g *Guard) judge(from netip.Addr, a Ask) *judgement {
	around, ok := surroundings(from)
	if !ok || a.Seats < 1 { // not from the network, or no request that could take a seat
		return nil
	}
	for _, p := range g.exempt {
		if p.Contains(from.Unmap()) {
			return nil
		}
	}
	j := &judgement{Guard: g, ask: a, now: g.clock.Now()}
	j.pieces = append(j.one[:0], piece{pool: g.pools.of(a.Quota), quota: a.Quota})
	for _, q := range a.Slots {
		j.pieces = append(j.pieces, piece{pool: g.pools.of(q), quota: q})
	}
	j.networks = g.hours.Load().networks(around, j.now)
	if !a.Secret.IsZero() {
		j.who = maphash.String(g.seed, a.Secret.Reveal())
	}
	j.windows.mu.Lock()
	defer j.windows.mu.Unlock()
	for i := range j.pieces {
		known := false
		if j.pieces[i].used, known = j.windows.count(j.networks, j.pieces[i].quota, j.who, j.now); i == 0 {
			j.seen = known
		}
	}
	j.all, _ = j.windows.count(j.networks, uuid.Nil, 0, j.now)
	j.crowded = j.windows.full(j.now)
	return j
}

// judgement is one request's.
type judgement struct {
	*Guard
	ask      Ask
	networks []network
	now      time.Time
	pieces   []piece
	one      [1]piece // nearly always all of them
	who      uint64
	all      int  // seats of this network, of all quotas
	seen     bool // who is among those of the first
	crowded  bool
	level    int
}

// knownFull keeps a rush on a full quota from the shared table; alone, ticket.Service does as much by itself.
func (j *judgement) knownFull() bool {
	if !j.shares() {
		return false
	}
	p := j.pieces[0].pool
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.fullUntil.Sub(j.now)
	return left > 0 && left <= fullFor && j.ask.Seats >= p.fullFor
}

// shares reports that other processes serve, or did within the last window.
func (j *judgement) shares() bool { return j.now.Unix() < j.sharedUntil.Load() }

func (j *judgement) pass(ctx context.Context, proof string) (Pass, error) {
	var solved claims
	var bad error
	if proof != "" {
		solved, bad = j.check(proof, j.ask.Event, j.now)
	}
	contested, group := j.size(ctx)
	if over := j.all - busyNetwork; over >= 0 {
		j.level += 1 + bits.Len(uint(over/busyNetwork))
	}
	needed := contested || group || j.crowded || j.all >= busyNetwork
	switch {
	case errors.Is(bad, ErrEarly):
		return Pass{}, bad
	case bad != nil:
		return Pass{}, j.withChallenge(bad, j.freeAt())
	case needed && proof == "":
		return Pass{}, j.withChallenge(ErrProofNeeded, j.freeAt())
	}
	pass, err := j.reserve(ctx)
	if err != nil {
		return Pass{}, err
	}
	if proof != "" {
		first, err := j.store.spend(ctx, solved)
		if err == nil && !first {
			err = j.withChallenge(ErrSpent, j.freeAt())
		}
		if err != nil {
			pass.Settle(ctx, err)
			return Pass{}, err
		}
	}
	for i := range j.pieces {
		p := j.pieces[i].pool
		p.mu.Lock()
		if demand := p.want(j.ask.Seats, j.now); demand >= busyFrom {
			j.look(ctx, &j.pieces[i], roomFor)
			p.judge(demand, j.now)
		}
		p.mu.Unlock()
	}
	return pass, nil
}

// size finds what the network may have of each piece, and how hard a challenge would be.
func (j *judgement) size(ctx context.Context) (contested, group bool) {
	contest, used := 0, 0
	for i := range j.pieces {
		w := &j.pieces[i]
		w.pool.mu.Lock()
		level, hot := w.pool.contested(j.now)
		w.most = 2
		if w.used+j.ask.Seats > w.most {
			j.look(ctx, w, sizeFor)
			w.most = w.pool.share()
		}
		w.pool.mu.Unlock()
		contest, used, contested, group = max(contest, level), max(used, w.used), contested || hot, group || j.ask.Seats > w.most
		w.most = max(w.most, j.ask.Seats)
	}
	j.level = contest + min(2, used)
	return contested, group
}

func (j *judgement) entry() taken { return taken{at: j.now, who: j.who, seats: j.ask.Seats} }

// freeAt is when the network may have all that it asks for.
func (j *judgement) freeAt() (at time.Time) {
	j.windows.mu.Lock()
	defer j.windows.mu.Unlock()
	for _, w := range j.pieces {
		if free := j.windows.roomAt(j.networks, w.quota, j.ask.Seats, w.most, j.now); free.After(at) {
			at = free
		}
	}
	return at
}

// look reads the pool's room unless what is known is young enough; p.mu is held, and let go meanwhile. Without an answer what was known stays.
func (j *judgement) look(ctx context.Context, w *piece, age time.Duration) {
	p := w.pool
	since := j.now.Sub(p.readAt)
	if p.known && (p.asking || since >= 0 && since < age) {
		return
	}
	p.asking = true
	p.mu.Unlock()
	capacity, left, err := j.store.room(ctx, w.quota)
	p.mu.Lock()
	p.asking = false
	if err == nil {
		p.known, p.capacity, p.left, p.readAt = true, capacity, left, j.now
	}
}

// reserve counts the seats in the network's window before they are taken, so that two requests at once can't both have the last of its share.
func (j *judgement) reserve(ctx context.Context) (Pass, error) {
	pass := Pass{guard: j.Guard, network: j.networks[0], taken: j.entry(), pieces: j.pieces}
	j.windows.mu.Lock()
	for _, w := range j.pieces {
		used, _ := j.windows.count(j.networks, w.quota, 0, j.now)
		if used+j.ask.Seats > w.most {
			j.windows.mu.Unlock()
			return Pass{}, j.withChallenge(ErrProofNeeded, j.freeAt())
		}
	}
	for _, w := range j.pieces {
		j.windows.add(pass.network, w.quota, pass.taken)
	}
	j.windows.mu.Unlock()
	if !j.shares() {
		return pass, nil
	}
	for i := range j.pieces {
		w := &j.pieces[i]
		granted, slot, freeAt, err := j.store.take(ctx, j.networks, w.quota, j.ask.Seats, w.most)
		if err == nil && !granted {
			err = j.withChallenge(ErrProofNeeded, freeAt)
		}
		if err != nil {
			pass.undo(ctx)
			return Pass{}, err
		}
		w.counted = slot
	}
	return pass, nil
}

func (j *judgement) withChallenge(refusal error, notBefore time.Time) error {
	f, ok := fault.As(refusal)
	if !ok {
		return refusal
	}
	c, err := j.challenge(j.ask.Event, j.level, j.now, notBefore)
	if err != nil {
		return err
	}
	return f.With(ParamChallenge, c)
}

// Settle says how it ended: what came of no seat is not counted. It is called once.
func (p Pass) Settle(ctx context.Context, err error) {
	g := p.guard
	if g == nil || err == nil {
		return
	}
	if errors.Is(err, ticket.ErrFull) {
		full := p.pieces[0].pool
		full.mu.Lock()
		full.fullUntil, full.fullFor = g.clock.Now().Add(fullFor), p.taken.seats
		full.mu.Unlock()
	}
	if errors.Is(err, postgres.ErrUnavailable) {
		return // a ticket may exist all the same
	}
	p.undo(ctx)
}

// undo takes back what was counted.
func (p Pass) undo(ctx context.Context) {
	p.guard.windows.mu.Lock()
	for _, w := range p.pieces {
		p.guard.windows.remove(p.network, w.quota, p.taken)
	}
	p.guard.windows.mu.Unlock()
	// The caller may have gone; a seat that nobody took must not count for ten minutes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, w := range p.pieces {
		if w.counted.IsZero() {
			continue
		}
		if err := p.guard.store.giveBack(ctx, p.network, w.quota, w.counted, p.taken.seats); err != nil {
			p.guard.log.LogAttrs(ctx, slog.LevelWarn, "could not uncount a share", slog.Any("cause", err))
		}
	}
}
