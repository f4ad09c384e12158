package grant

import (
	"context"
	"encoding/binary"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tonarimachi/tonarimachi/internal/batch"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

const (
	lanes    = 4 // each with one batch at a time under way
	maxBatch = 256
	// enough is a batch whose size hides what every batch costs; more wait for the next one when as
	// many are left to follow it, so that the database judges one half of a rush while the other
	// half is being heard and answered.
	enough   = 32
	maxQueue = 4096 // requests waiting in a lane
	// grantLimit is longer than any wait for a lock, so that the database's own limits speak first.
	grantLimit = 10 * time.Second
)

type (
	batcher = batch.Batcher[int, Request, Verdict]
	call    = batch.Call[Request, Verdict]
)

// Granter grants seats in batches. Safe for concurrent use.
type Granter struct {
	store   store
	log     *slog.Logger
	cancel  func(ctx context.Context, mac []byte) error
	batcher *batcher
	full    [lanes]*refusalCache
	returns sync.WaitGroup // of seats
}

// New starts a granter; Close ends it. cancel gives back the seats of a ticket whose caller left
// before it heard the secret.
func New(runner query.Runner, log *slog.Logger, cancel func(ctx context.Context, mac []byte) error) *Granter {
	g := &Granter{store: store{runner}, log: log, cancel: cancel}
	for i := range g.full {
		g.full[i] = newRefusalCache()
	}
	g.batcher = batch.New(g.options(), g.send)
	return g
}

// Close answers what waits and stops: Grant fails with ErrStopped from then on.
func (g *Granter) Close() {
	g.batcher.Close()
	g.returns.Wait()
}

// Grant waits for the verdict on r. When ctx ends first, the request is withdrawn if that is still
// possible; seats that were granted all the same are given back, if r.OwnSecret.
func (g *Granter) Grant(ctx context.Context, r Request) (Verdict, error) {
	v, err := g.batcher.Do(ctx, laneOf(r.Quota), r)
	switch {
	case err == nil:
		return v, nil
	case errors.Is(err, batch.ErrFull):
		return Verdict{}, ErrTooBusy
	case errors.Is(err, batch.ErrClosed):
		return Verdict{}, ErrStopped
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return Verdict{}, postgres.Unavailable(err)
	}
	return Verdict{}, err
}

// Together judges requests in one transaction, past the lanes, and gives one verdict each, in
// order.
func (g *Granter) Together(ctx context.Context, requests []Request) ([]Verdict, error) {
	return g.store.grant(ctx, requests)
}

// IsFull reports that so many seats of a quota were not to be had a moment ago.
func (g *Granter) IsFull(event, quota uuid.UUID, seats int) bool {
	return g.full[laneOf(quota)].tells(place{event, quota}, seats)
}

// Freed is to be called when seats of a quota have come free in this process.
func (g *Granter) Freed(event, quota uuid.UUID) { g.full[laneOf(quota)].forget(place{event, quota}) }

// laneOf gives the lane of a quota; the last bytes of its id are random.
func laneOf(quota uuid.UUID) int { return int(binary.LittleEndian.Uint32(quota[12:]) % lanes) }

func (g *Granter) options() batch.Options[Request, Verdict] {
	return batch.Options[Request, Verdict]{
		Lanes:      1,
		Size:       batchSize,
		MaxWaiting: maxQueue,
		// Two attempts with one secret are judged one after the other.
		Identity: func(r Request) ([32]byte, bool) {
			if r.OwnSecret {
				return [32]byte{}, false
			}
			return [32]byte(r.MAC), true
		},
		// The batch before may have found that nothing is left. A secret of the caller's may have
		// its ticket already, so the database is asked.
		Known: func(r Request) (Verdict, bool) {
			full := r.OwnSecret && g.IsFull(r.Event, r.Quota, int(r.Seats))
			return Verdict{Outcome: Full}, full
		},
	}
}

// batchSize gives half of those that wait, but enough of them if there are so many.
func batchSize(waiting int) int { return min(maxBatch, max(enough, (waiting+1)/2)) }

// send answers every request of a batch.
func (g *Granter) send(lane int, calls []*call) {
	generation := g.full[lane].now()
	verdicts, err := g.grant(calls)
	if err != nil && (query.IsUndone(err) || query.IsUnreachable(err)) && !errors.Is(err, context.DeadlineExceeded) {
		// Sent again as it is: what the lost batch did grant comes back as a duplicate.
		g.warn("sending a batch of registrations again", err, slog.Int("size", len(calls)))
		verdicts, err = g.grant(calls)
	}
	switch {
	case err == nil:
		g.answer(lane, calls, verdicts, generation)
	case len(calls) == 1 || query.IsUnreachable(err):
		g.log.LogAttrs(
			context.Background(),
			slog.LevelError,
			"a batch of registrations failed",
			slog.Int("size", len(calls)),
			slog.Any("cause", err),
		)
		for _, c := range calls {
			c.Answer(Verdict{}, query.Unavailable(err))
		}
	default:
		// One request or one locked quota must not take the others down with it.
		var group errgroup.Group
		group.SetLimit(lanes)
		for _, part := range split(calls) {
			group.Go(func() error { g.send(lane, part); return nil })
		}
		_ = group.Wait()
	}
}

func (g *Granter) grant(calls []*call) ([]Verdict, error) {
	ctx, cancel := context.WithTimeout(context.Background(), g.store.Timeout(grantLimit))
	defer cancel()
	requests := make([]Request, len(calls))
	for i, c := range calls {
		requests[i] = c.Value
	}
	return g.store.grant(ctx, requests)
}

// answer hands out the verdicts of a batch that was judged in a generation of the refusal cache.
// Seats whose caller has left are given back, unless the caller knows the secret.
func (g *Granter) answer(lane int, calls []*call, verdicts []Verdict, generation uint64) {
	var lost []Request
	for i, c := range calls {
		r, v := c.Value, verdicts[i]
		if v.Outcome == Full {
			g.full[lane].note(generation, place{r.Event, r.Quota}, v.Free, v.Most)
		}
		if !c.Answer(v, nil) && r.OwnSecret && (v.Outcome == Granted || v.Outcome == Duplicate) {
			lost = append(lost, r)
		}
	}
	if len(lost) > 0 {
		g.returns.Go(func() { g.giveBack(lost) })
	}
}

// giveBack frees seats whose callers left before they heard the secret: nobody else could ever
// cancel them.
func (g *Granter) giveBack(lost []Request) {
	for _, r := range lost {
		ctx, stop := context.WithTimeout(context.Background(), g.store.Timeout(grantLimit))
		err := g.cancel(ctx, r.MAC)
		stop()
		if err != nil {
			g.warn("could not free the seats of a caller who left", err)
			continue
		}
		g.Freed(r.Event, r.Quota)
	}
}

func (g *Granter) warn(message string, cause error, more ...slog.Attr) {
	g.log.LogAttrs(context.Background(), slog.LevelWarn, message, append(more, slog.Any("cause", cause))...)
}

// split parts a batch by quota, or in halves when there is only one.
func split(calls []*call) [][]*call {
	byQuota := map[uuid.UUID][]*call{}
	for _, c := range calls {
		byQuota[c.Value.Quota] = append(byQuota[c.Value.Quota], c)
	}
	if len(byQuota) == 1 {
		return [][]*call{calls[:len(calls)/2], calls[len(calls)/2:]}
	}
	parts := make([][]*call, 0, len(byQuota))
	for _, part := range byQuota {
		parts = append(parts, part)
	}
	return parts
}
