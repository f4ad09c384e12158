package admission

import (
	"math/bits"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	demandBin  = 10 * time.Second
	demandBins = 6 // a minute
	// busyFrom is how many seats must be asked for within the minute before a quota can be
	// contested at all: a family at a table is no crowd.
	busyFrom = 8
	// lasting is how long what is left has to last at the present pace.
	lasting = 5 * time.Minute
	// contestedFor is how long a contested quota stays so at least.
	contestedFor = 2 * time.Minute
	roomFor      = 5 * time.Second  // how old the known number of free seats may be
	sizeFor      = 30 * time.Second // and the known capacity
	fullFor      = 250 * time.Millisecond
	maxPools     = 20_000
)

// pool is what is known of a quota without asking the database.
type pool struct {
	mu             sync.Mutex
	bins           [demandBins]int
	bin            int64 // of the newest
	contestedUntil time.Time
	level          int
	known          bool
	capacity, left int
	readAt         time.Time
	asking         bool // somebody reads them
	fullUntil      time.Time
	fullFor        int // seats
}

// want notes that seats are asked for and gives how many were within the minute.
func (p *pool) want(seats int, now time.Time) int {
	bin := now.UnixNano() / int64(demandBin)
	if ahead := bin - p.bin; ahead != 0 {
		if ahead < 0 || ahead >= demandBins { // the clock was set, or nobody came for long
			p.bins = [demandBins]int{}
		}
		for b := p.bin + 1; ahead > 0 && ahead < demandBins && b <= bin; b++ {
			p.bins[b%demandBins] = 0
		}
		p.bin = bin
	}
	p.bins[bin%demandBins] += seats
	total := 0
	for _, n := range p.bins {
		total += n
	}
	return total
}

// updateContest notes whether so much demand in a minute is a contest for what is left, and how
// hard it is: one level for each doubling.
func (p *pool) updateContest(demand int, now time.Time) {
	if demand < busyFrom || !p.known || p.left <= 0 {
		return
	}
	pressure := demand * int(lasting/time.Minute) / p.left
	if pressure < 1 {
		return
	}
	p.contestedUntil, p.level = now.Add(contestedFor), min(bits.Len(uint(pressure))-1, 3)
}

// contested gives the level of the contest; false when there is none.
func (p *pool) contested(now time.Time) (int, bool) {
	left := p.contestedUntil.Sub(now)
	return p.level, left > 0 && left <= contestedFor
}

// share is what one network may take of the pool within ten minutes: max(2, a tenth).
func (p *pool) share() int { return max(2, p.capacity/10) }

// pools are the quotas lately asked for.
type pools struct {
	mu   sync.RWMutex
	kept map[uuid.UUID]*pool
}

func (ps *pools) of(quota uuid.UUID) *pool {
	ps.mu.RLock()
	p := ps.kept[quota]
	ps.mu.RUnlock()
	if p != nil {
		return p
	}
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p := ps.kept[quota]; p != nil {
		return p
	}
	if len(ps.kept) >= maxPools { // made-up ids: what they knew is soon known again
		clear(ps.kept)
	}
	p = &pool{}
	ps.kept[quota] = p
	return p
}
