package board

import (
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// What is known of rooms is kept for a moment: rules change seldom and are read with every booking.
// A room or facility changed since is noticed in the transaction (booking_place says stale), and so
// are closings; a holiday moved is seen after factsAge. Nobody is refused by facts older than
// factsSure: what was closed may be open since. What this process changes is forgotten at once.
const (
	factsAge  = 2 * time.Minute
	factsSure = time.Second
	factsLoad = 10 * time.Second // at most, whoever of those who wait for it leaves
	factsMost = 4096
	daysAhead = 24*31 + 400 + 14 // of holidays and closings: the longest that a booking can be ahead
)

type knownFacts struct {
	mu  sync.Mutex
	all map[factsKey]*Facts
	// holidays are the same for all rooms of a town; each room's facts point at one map.
	holidays map[uuid.UUID]venue.Holidays
	forgot   uint64
	loading  singleflight.Group // so that a storm reads a room once
}

// factsKey has the asker in it, because who may see a room differs.
type factsKey struct{ asker, room uuid.UUID }

func (k *knownFacts) get(key factsKey, now time.Time) *Facts {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.all[key]
	if f == nil || now.Before(f.loadedAt) || now.Sub(f.loadedAt) > factsAge {
		return nil
	}
	return f
}

func (k *knownFacts) generation() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.forgot
}

// put keeps facts, unless all was forgotten after they began to be read.
func (k *knownFacts) put(key factsKey, f *Facts, generation uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.forgot != generation {
		return
	}
	if k.all == nil || len(k.all) >= factsMost {
		k.all, k.holidays = map[factsKey]*Facts{}, map[uuid.UUID]venue.Holidays{}
	}
	owner := f.Room.Organization.ID
	if shared := k.holidays[owner]; maps.Equal(shared, f.Rules.Holidays) {
		f.Rules.Holidays = shared
	} else {
		k.holidays[owner] = f.Rules.Holidays
	}
	k.all[key] = f
}
