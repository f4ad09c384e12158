package ticket

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

const (
	soldOutFor  = 250 * time.Millisecond
	maxSoldOuts = 1024 // quotas a lane
)

// soldOuts remembers for a moment which quotas the database called full, so that a rush on a full event does not become a rush on the database.
type soldOuts struct {
	mu    sync.RWMutex
	flags map[place]soldOut
	era   uint64 // moves when seats come free here: verdicts of an earlier era may be stale
	swept clock.Mark
}

type place struct{ event, quota uuid.UUID }

type soldOut struct {
	free, most int
	since      clock.Mark
}

func newSoldOuts() *soldOuts { return &soldOuts{flags: map[place]soldOut{}} }

// tells reports that so many seats were not to be had a moment ago.
func (s *soldOuts) tells(p place, seats int) bool {
	s.mu.RLock()
	flag, ok := s.flags[p]
	s.mu.RUnlock()
	return ok && seats > flag.free && seats <= flag.most && flag.since.Elapsed() < soldOutFor
}

// now gives the era in which a batch is about to be judged.
func (s *soldOuts) now() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.era
}

// note keeps that a batch of that era found p full.
func (s *soldOuts) note(era uint64, p place, free, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if era != s.era {
		return
	}
	if _, known := s.flags[p]; !known && len(s.flags) >= maxSoldOuts {
		if s.sweep(); len(s.flags) >= maxSoldOuts {
			return
		}
	}
	s.flags[p] = soldOut{free: free, most: most, since: clock.Start()}
}

// sweep removes what is past; once in a while is enough, nothing passes sooner.
func (s *soldOuts) sweep() {
	if s.swept.Elapsed() < soldOutFor {
		return
	}
	s.swept = clock.Start()
	for p, flag := range s.flags {
		if flag.since.Elapsed() >= soldOutFor {
			delete(s.flags, p)
		}
	}
}

// forget is called when seats of p have come free.
func (s *soldOuts) forget(p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.era++
	delete(s.flags, p)
}
