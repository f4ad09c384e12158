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
	Seats        int
	Secret       secret.Ticket // the zero Secret when the service is to make one
}

// Pass lets one request through; the zero Pass does, too. Settle it.
type Pass struct {
	guard   *Guard
	pool    *pool
	network network
	quota   uuid.UUID
	taken   taken
	slot    time.Time // in the shared table; zero: not there
}

// Take is ticket.Service.Take behind the guard: without a crowd that is a look into two maps. proof is "" or an answer to a Challenge; one that is brought must be
// good and is spent, needed or not. A secret that has a ticket already is answered with it whatever the crowd.
//
// Beside Take's own it fails with ErrProofNeeded, ErrSpent, ErrEarly, ErrExpired, ErrChallenge and ErrWork.
func (g *Guard) Take(ctx context.Context, from netip.Addr, r ticket.Request, proof string) (secret.Ticket, ticket.Ticket, error) {
	j := g.judge(from, Ask{Event: r.EventID, Quota: r.QuotaID, Seats: r.Seats, Secret: r.Secret})
	if j == nil {
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
	j := &judgement{Guard: g, ask: a, now: g.clock.Now(), pool: g.pools.of(a.Quota)}
	j.networks = g.hours.Load().networks(around, j.now)
	if !a.Secret.IsZero() {
		j.who = maphash.String(g.seed, a.Secret.Reveal())
	}
	j.windows.mu.Lock()
	defer j.windows.mu.Unlock()
	j.used, j.seen = j.windows.count(j.networks, a.Quota, j.who, j.now)
	j.all, _ = j.windows.count(j.networks, uuid.Nil, 0, j.now)
	j.crowded = j.windows.full(j.now)
	return j
}

// judgement is one request's.
type judgement struct {
	*Guard
	ask       Ask
	networks  []network
	now       time.Time
	pool      *pool
	who       uint64
	used, all int  // seats of this network: of the quota, of all
	seen      bool // who is among them
	crowded   bool
	level     int
}

// knownFull keeps a rush on a full quota from the shared table; alone, ticket.Service does as much by itself.
func (j *judgement) knownFull() bool {
	if !j.shares() {
		return false
	}
	j.pool.mu.Lock()
	defer j.pool.mu.Unlock()
	left := j.pool.fullUntil.Sub(j.now)
	return left > 0 && left <= fullFor && j.ask.Seats >= j.pool.fullFor
}

// shares reports that other processes serve, or did within the last window.
func (j *judgement) shares() bool { return j.now.Unix() < j.sharedUntil.Load() }

func (j *judgement) pass(ctx context.Context, proof string) (Pass, error) {
	var solved claims
	var bad error
	if proof != "" {
		solved, bad = j.check(proof, j.ask.Event, j.now)
	}
	p := j.pool
	p.mu.Lock()
	contest, contested := p.contested(j.now)
	p.mu.Unlock()
	most := 2
	if j.used+j.ask.Seats > most {
		p.mu.Lock()
		j.look(ctx, p, sizeFor)
		most = p.share()
		p.mu.Unlock()
	}
	group := j.ask.Seats > most
	j.level = contest + min(2, j.used)
	if over := j.all - busyNetwork; over >= 0 {
		j.level += 1 + bits.Len(uint(over/busyNetwork))
	}
	needed := contested || group || j.crowded || j.all >= busyNetwork
	most = max(most, j.ask.Seats)
	switch {
	case errors.Is(bad, ErrEarly):
		return Pass{}, bad
	case bad != nil:
		return Pass{}, j.withChallenge(bad, j.freeAt(most))
	case needed && proof == "":
		return Pass{}, j.withChallenge(ErrProofNeeded, j.freeAt(most))
	}
	pass, err := j.reserve(ctx, most)
	if err != nil {
		return Pass{}, err
	}
	if proof != "" {
		first, err := j.store.spend(ctx, solved)
		if err == nil && !first {
			err = j.withChallenge(ErrSpent, j.freeAt(most))
		}
		if err != nil {
			pass.Settle(ctx, err)
			return Pass{}, err
		}
	}
	p.mu.Lock()
	if demand := p.want(j.ask.Seats, j.now); demand >= busyFrom {
		j.look(ctx, p, roomFor)
		p.judge(demand, j.now)
	}
	p.mu.Unlock()
	return pass, nil
}

func (j *judgement) entry() taken { return taken{at: j.now, who: j.who, seats: j.ask.Seats} }

func (j *judgement) freeAt(most int) time.Time {
	j.windows.mu.Lock()
	defer j.windows.mu.Unlock()
	return j.windows.roomAt(j.networks, j.ask.Quota, j.ask.Seats, most, j.now)
}

// look reads the pool's room unless what is known is young enough; p.mu is held, and let go meanwhile. Without an answer what was known stays.
func (j *judgement) look(ctx context.Context, p *pool, age time.Duration) {
	since := j.now.Sub(p.readAt)
	if p.known && (p.asking || since >= 0 && since < age) {
		return
	}
	p.asking = true
	p.mu.Unlock()
	capacity, left, err := j.store.room(ctx, j.ask.Quota)
	p.mu.Lock()
	p.asking = false
	if err == nil {
		p.known, p.capacity, p.left, p.readAt = true, capacity, left, j.now
	}
}

// reserve counts the seats in the network's window before they are taken, so that two requests at once can't both have the last of its share.
func (j *judgement) reserve(ctx context.Context, most int) (Pass, error) {
	pass := Pass{guard: j.Guard, pool: j.pool, network: j.networks[0], quota: j.ask.Quota, taken: j.entry()}
	j.windows.mu.Lock()
	used, _ := j.windows.count(j.networks, j.ask.Quota, 0, j.now)
	if used+j.ask.Seats > most {
		at := j.windows.roomAt(j.networks, j.ask.Quota, j.ask.Seats, most, j.now)
		j.windows.mu.Unlock()
		return Pass{}, j.withChallenge(ErrProofNeeded, at)
	}
	j.windows.add(pass.network, pass.quota, pass.taken)
	j.windows.mu.Unlock()
	if !j.shares() {
		return pass, nil
	}
	granted, slot, freeAt, err := j.store.take(ctx, j.networks, j.ask.Quota, j.ask.Seats, most)
	if err != nil || !granted {
		pass.uncount()
		if err != nil {
			return Pass{}, err
		}
		return Pass{}, j.withChallenge(ErrProofNeeded, freeAt)
	}
	pass.slot = slot
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
		p.pool.mu.Lock()
		p.pool.fullUntil, p.pool.fullFor = g.clock.Now().Add(fullFor), p.taken.seats
		p.pool.mu.Unlock()
	}
	if errors.Is(err, postgres.ErrUnavailable) {
		return // a ticket may exist all the same
	}
	p.uncount()
	if p.slot.IsZero() {
		return
	}
	// The caller may have gone; a seat that nobody took must not count for ten minutes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := g.store.giveBack(ctx, p.network, p.quota, p.slot, p.taken.seats); err != nil {
		g.log.LogAttrs(ctx, slog.LevelWarn, "could not uncount a share", slog.Any("cause", err))
	}
}

func (p Pass) uncount() {
	p.guard.windows.mu.Lock()
	defer p.guard.windows.mu.Unlock()
	p.guard.windows.remove(p.network, p.quota, p.taken)
}
