package ticket

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const (
	maxWays      = 16384 // quotas
	wayReadLimit = 5 * time.Second
)

// wayCache knows by which way the seats of a quota are taken, so that a request goes straight to
// the statement for it. Entries have no end: each statement looks at the way again, and whoever it
// refuses for that reads the way anew.
type wayCache struct {
	read  func(ctx context.Context, quota uuid.UUID) (event.Reservation, error)
	limit time.Duration // of one reading

	mu      sync.RWMutex
	ways    map[uuid.UUID]event.Reservation
	reading singleflight.Group
}

func newWayCache(
	read func(ctx context.Context, quota uuid.UUID) (event.Reservation, error),
	limit time.Duration,
) *wayCache {
	return &wayCache{read: read, limit: limit, ways: map[uuid.UUID]event.Reservation{}}
}

// of gives the way of a quota, "" when the public sees no such quota.
func (c *wayCache) of(ctx context.Context, quota uuid.UUID) (event.Reservation, error) {
	c.mu.RLock()
	way, ok := c.ways[quota]
	c.mu.RUnlock()
	if ok {
		return way, nil
	}
	return c.fresh(ctx, quota)
}

// fresh reads the way from the database. Those who ask for one quota at the same moment share an
// answer, so a caller who leaves must not end the reading.
func (c *wayCache) fresh(ctx context.Context, quota uuid.UUID) (event.Reservation, error) {
	shared := c.reading.DoChan(quota.String(), func() (any, error) {
		going, stop := context.WithTimeout(context.WithoutCancel(ctx), c.limit)
		defer stop()
		way, err := c.read(going, quota)
		if err == nil {
			c.keep(quota, way)
		}
		return way, err
	})
	select {
	case r := <-shared:
		if r.Err != nil {
			return "", r.Err
		}
		return r.Val.(event.Reservation), nil //nolint:forcetypeassert // what the function above gives
	case <-ctx.Done():
		return "", postgres.Unavailable(ctx.Err())
	}
}

func (c *wayCache) keep(quota uuid.UUID, way event.Reservation) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if way == "" { // not public (yet)
		delete(c.ways, quota)
		return
	}
	if len(c.ways) >= maxWays {
		clear(c.ways)
	}
	c.ways[quota] = way
}
