package grant

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
)

const (
	refusalLasts = 250 * time.Millisecond
	maxRefusals  = 1024 // quotas a lane
)

// refusalCache remembers for a moment which quotas the database called full, so that a rush on a
// full event does not become a rush on the database.
type refusalCache struct {
	mu         sync.RWMutex
	refusals   map[place]refusal
	generation uint64 // moves when seats come free here: verdicts of an earlier generation may be stale
	swept      clock.Mark
}

type place struct{ event, quota uuid.UUID }

type refusal struct {
	free, most int
	since      clock.Mark
}

func newRefusalCache() *refusalCache { return &refusalCache{refusals: map[place]refusal{}} }

// tells reports that so many seats were not to be had a moment ago.
func (s *refusalCache) tells(p place, seats int) bool {
	s.mu.RLock()
	known, ok := s.refusals[p]
	s.mu.RUnlock()
	return ok && seats > known.free && seats <= known.most && known.since.Elapsed() < refusalLasts
}

// now gives the generation in which a batch is about to be judged.
func (s *refusalCache) now() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.generation
}

// note keeps that a batch of that generation found p full.
func (s *refusalCache) note(generation uint64, p place, free, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if generation != s.generation {
		return
	}
	if _, known := s.refusals[p]; !known && len(s.refusals) >= maxRefusals {
		if s.sweep(); len(s.refusals) >= maxRefusals {
			return
		}
	}
	s.refusals[p] = refusal{free: free, most: most, since: clock.Start()}
}

// sweep removes what is past; once in a while is enough, nothing passes sooner.
func (s *refusalCache) sweep() {
	if s.swept.Elapsed() < refusalLasts {
		return
	}
	s.swept = clock.Start()
	for p, known := range s.refusals {
		if known.since.Elapsed() >= refusalLasts {
			delete(s.refusals, p)
		}
	}
}

// forget is called when seats of p have come free.
func (s *refusalCache) forget(p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	delete(s.refusals, p)
}
