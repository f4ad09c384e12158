package admission

import (
	"context"
	"errors"
	"hash/maphash"
	"math/bits"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// evaluate looks up what is known of a request and its network; nil when nothing is asked of it.
func (s *Service) evaluate(from netip.Addr, a Request) *evaluation {
	around, ok := networkOf(from)
	if !ok || a.Seats < 1 { // not from the network, or no request that could take a seat
		return nil
	}
	for _, p := range s.exempt {
		if p.Contains(from.Unmap()) {
			return nil
		}
	}
	e := &evaluation{Service: s, ask: a, now: s.clock.Now()}
	e.quotas = append(e.one[:0], wantedQuota{pool: s.pools.of(a.Quota), quota: a.Quota})
	for _, q := range a.Slots {
		e.quotas = append(e.quotas, wantedQuota{pool: s.pools.of(q), quota: q})
	}
	e.networks = s.hours.Load().networks(around, e.now)
	if !a.Secret.IsZero() {
		e.who = maphash.String(s.seed, a.Secret.Reveal())
	}
	e.windows.mu.Lock()
	defer e.windows.mu.Unlock()
	for i := range e.quotas {
		known := false
		if e.quotas[i].used, known = e.windows.count(e.networks, e.quotas[i].quota, e.who, e.now); i == 0 {
			e.seen = known
		}
	}
	e.all, _ = e.windows.count(e.networks, uuid.Nil, 0, e.now)
	e.tooManyNetworks = e.windows.full(e.now)
	return e
}

// evaluation is what is known of one request while it is decided on.
type evaluation struct {
	*Service
	ask             Request
	networks        []network
	now             time.Time
	quotas          []wantedQuota
	one             [1]wantedQuota // nearly always all of them
	who             uint64
	all             int  // seats of this network, of all quotas
	seen            bool // who is among those of the first
	tooManyNetworks bool
	level           int
}

// knownFull keeps a rush on a full quota from the shared table; alone, ticket.Service does as much
// by itself.
func (e *evaluation) knownFull() bool {
	if !e.shares() {
		return false
	}
	p := e.quotas[0].pool
	p.mu.Lock()
	defer p.mu.Unlock()
	left := p.fullUntil.Sub(e.now)
	return left > 0 && left <= fullFor && e.ask.Seats >= p.fullFor
}

// shares reports that other processes serve, or did within the last window.
func (e *evaluation) shares() bool { return e.now.Unix() < e.sharedUntil.Load() }

func (e *evaluation) decide(ctx context.Context, proof string) (Decision, error) {
	var solved claims
	var bad error
	if proof != "" {
		solved, bad = e.check(proof, e.ask.Event, e.now)
	}
	contested, group := e.size(ctx)
	if over := e.all - busyNetwork; over >= 0 {
		e.level += 1 + bits.Len(uint(over/busyNetwork))
	}
	needed := contested || group || e.tooManyNetworks || e.all >= busyNetwork
	switch {
	case errors.Is(bad, ErrEarly):
		return Decision{}, bad
	case bad != nil:
		return Decision{}, e.withChallenge(bad, e.freeAt())
	case needed && proof == "":
		return Decision{}, e.withChallenge(ErrProofNeeded, e.freeAt())
	}
	decision, err := e.reserve(ctx)
	if err != nil {
		return Decision{}, err
	}
	if proof != "" {
		first, err := e.store.spend(ctx, solved)
		if err == nil && !first {
			err = e.withChallenge(ErrSpent, e.freeAt())
		}
		if err != nil {
			decision.Settle(ctx, err)
			return Decision{}, err
		}
	}
	for i := range e.quotas {
		p := e.quotas[i].pool
		p.mu.Lock()
		if demand := p.want(e.ask.Seats, e.now); demand >= busyFrom {
			e.look(ctx, &e.quotas[i], roomFor)
			p.updateContest(demand, e.now)
		}
		p.mu.Unlock()
	}
	return decision, nil
}

// size finds what the network may have of each quota, and how hard a challenge would be.
func (e *evaluation) size(ctx context.Context) (contested, group bool) {
	contest, used := 0, 0
	for i := range e.quotas {
		w := &e.quotas[i]
		w.pool.mu.Lock()
		level, hot := w.pool.contested(e.now)
		w.most = 2
		if w.used+e.ask.Seats > w.most {
			e.look(ctx, w, sizeFor)
			w.most = w.pool.share()
		}
		w.pool.mu.Unlock()
		contest, used, contested, group = max(
			contest,
			level,
		), max(
			used,
			w.used,
		), contested ||
			hot, group ||
			e.ask.Seats > w.most
		w.most = max(w.most, e.ask.Seats)
	}
	e.level = contest + min(2, used)
	return contested, group
}

func (e *evaluation) entry() taken { return taken{at: e.now, who: e.who, seats: e.ask.Seats} }

// freeAt is when the network may have all that it asks for.
func (e *evaluation) freeAt() (at time.Time) {
	e.windows.mu.Lock()
	defer e.windows.mu.Unlock()
	for _, w := range e.quotas {
		if free := e.windows.roomAt(e.networks, w.quota, e.ask.Seats, w.most, e.now); free.After(at) {
			at = free
		}
	}
	return at
}

// look reads the pool's room unless what is known is young enough; p.mu is held, and let go
// meanwhile. Without an answer what was known stays.
func (e *evaluation) look(ctx context.Context, w *wantedQuota, age time.Duration) {
	p := w.pool
	since := e.now.Sub(p.readAt)
	if p.known && (p.asking || since >= 0 && since < age) {
		return
	}
	p.asking = true
	p.mu.Unlock()
	capacity, left, err := e.store.room(ctx, w.quota)
	p.mu.Lock()
	p.asking = false
	if err == nil {
		p.known, p.capacity, p.left, p.readAt = true, capacity, left, e.now
	}
}

// reserve counts the seats in the network's window before they are taken, so that two requests at
// once can't both have the last of its share.
func (e *evaluation) reserve(ctx context.Context) (Decision, error) {
	decision := Decision{service: e.Service, network: e.networks[0], taken: e.entry(), quotas: e.quotas}
	e.windows.mu.Lock()
	for _, w := range e.quotas {
		used, _ := e.windows.count(e.networks, w.quota, 0, e.now)
		if used+e.ask.Seats > w.most {
			e.windows.mu.Unlock()
			return Decision{}, e.withChallenge(ErrProofNeeded, e.freeAt())
		}
	}
	for _, w := range e.quotas {
		e.windows.add(decision.network, w.quota, decision.taken)
	}
	e.windows.mu.Unlock()
	if !e.shares() {
		return decision, nil
	}
	for i := range e.quotas {
		w := &e.quotas[i]
		granted, slot, freeAt, err := e.store.take(ctx, e.networks, w.quota, e.ask.Seats, w.most)
		if err == nil && !granted {
			err = e.withChallenge(ErrProofNeeded, freeAt)
		}
		if err != nil {
			decision.undo(ctx)
			return Decision{}, err
		}
		w.counted = slot
	}
	return decision, nil
}

func (e *evaluation) withChallenge(refusal error, notBefore time.Time) error {
	f, ok := fault.As(refusal)
	if !ok {
		return refusal
	}
	c, err := e.challenge(e.ask.Event, e.level, e.now, notBefore)
	if err != nil {
		return err
	}
	return f.With(ParamChallenge, c)
}
