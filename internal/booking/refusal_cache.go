package booking

import (
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// When a hall opens for booking at nine o'clock, everybody asks for the same Saturday. Who asks for
// exactly what the database has just refused hears the same for a moment, without asking it again.
// What this process frees is forgotten here at once; what another process frees is seen after
// refusalLasts. It only ever says no.
const (
	refusalLasts = time.Second
	maxRefusals  = 10_000
)

// wish is what decides whether a request meets the same refusal.
type wish struct {
	asker, room     uuid.UUID
	starts, ends    int64 // microseconds
	setup, clearing int
}

func wishOf(by staff.Author, r *Request) wish {
	return wish{
		by.Organization,
		r.RoomID,
		r.StartsAt.UnixMicro(),
		r.EndsAt.UnixMicro(),
		r.SetupMinutes,
		r.ClearingMinutes,
	}
}

// refusalCache keeps refusals for refusalLasts, so that a rush on one time does not become a rush
// on the database.
type refusalCache struct {
	mu      sync.RWMutex
	at      map[wish]time.Time
	cleared uint64
}

// recently tells whether the wish was just refused, and the generation to give to note.
func (c *refusalCache) recently(w wish, now time.Time) (refused bool, generation uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	at, ok := c.at[w]
	age := now.Sub(at)
	return ok && age >= 0 && age < refusalLasts, c.cleared
}

// note keeps a refusal, unless something was freed after its request was read.
func (c *refusalCache) note(w wish, now time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cleared != generation {
		return
	}
	if c.at == nil || len(c.at) >= maxRefusals {
		c.at = map[wish]time.Time{}
	}
	c.at[w] = now
}

// clear forgets all; see Service.FreedTx.
func (c *refusalCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cleared++
	c.at = nil
}
