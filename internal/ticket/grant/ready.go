package grant

import (
	"context"
	"time"
)

// readyEvery is shorter than the time after which a pool gives idle connections up.
const readyEvery = time.Minute

// KeepReady sees to it until ctx ends that there is a connection for each lane and that connections
// have planned what a rush needs. On a new one this takes tens of milliseconds, and registration
// opens after a quiet night, for everybody at the same moment.
func (g *Granter) KeepReady(ctx context.Context) {
	ticker := time.NewTicker(readyEvery)
	defer ticker.Stop()
	for {
		if err := g.store.ready(ctx); err != nil && ctx.Err() == nil {
			g.warn("could not prepare connections for registrations", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
