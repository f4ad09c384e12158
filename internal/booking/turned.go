package booking

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// When a hall opens for booking at nine o'clock, everybody asks for the same Saturday. Who asks for exactly what the database has just refused hears the same for a
// moment, without asking it again. What this process frees is forgotten here at once; what another process frees is seen after turnedAge. It only ever says no.
const (
	turnedAge  = time.Second
	turnedMost = 10_000
)

// wish is what decides whether a request meets the same refusal.
type wish struct {
	asker, room     uuid.UUID
	starts, ends    int64 // microseconds
	setup, clearing int
}

func wishOf(by Author, r *Request) wish {
	return wish{by.Organization, r.RoomID, r.StartsAt.UnixMicro(), r.EndsAt.UnixMicro(), r.SetupMinutes, r.ClearingMinutes}
}

// turned keeps refusals for a moment.
type turned struct {
	mu      sync.RWMutex
	at      map[wish]time.Time
	cleared uint64
}

// recently tells whether the wish was just refused, and the generation to give to note.
func (t *turned) recently(w wish, now time.Time) (refused bool, generation uint64) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	at, ok := t.at[w]
	age := now.Sub(at)
	return ok && age >= 0 && age < turnedAge, t.cleared
}

// note keeps a refusal, unless something was freed after its request was read.
func (t *turned) note(w wish, now time.Time, generation uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cleared != generation {
		return
	}
	if t.at == nil || len(t.at) >= turnedMost {
		t.at = map[wish]time.Time{}
	}
	t.at[w] = now
}

// clear forgets all; to be called after a committed change that may have freed something.
func (t *turned) clear() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleared++
	t.at = nil
}
