package ticket

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

const (
	lanes    = 4
	maxBatch = 256
	// enough is a batch whose size hides what every batch costs; more wait for the next one when as many are left to follow it, so that the
	// database judges one half of a crowd while the other half is being heard and answered.
	enough   = 32
	maxQueue = 4096 // requests waiting in a lane
	// grantLimit is longer than any wait for a lock, so that the database's own limits speak first.
	grantLimit = 10 * time.Second
)

// request is one Take on its way through a lane.
type request struct {
	event, quota, id uuid.UUID
	mac              []byte
	seats            int16
	nickname         string // sealed
	// ownSecret: this service made it, so that nobody knows the ticket if the caller is gone.
	ownSecret bool
	askedAt   time.Time // Request's

	state  atomic.Int32
	answer chan answer // room for one
}

type answer struct {
	verdict verdict
	err     error
}

// The states of a request. Either the lane or the caller ends it, never both.
const (
	requestWaiting int32 = iota
	requestAnswered
	requestAbandoned
)

// settle hands the answer to the caller; false when nobody waits for it.
func (r *request) settle(a answer) bool {
	if !r.state.CompareAndSwap(requestWaiting, requestAnswered) {
		return false
	}
	r.answer <- a
	return true
}

// abandon is the caller's way out; false when the answer is there already.
func (r *request) abandon() bool { return r.state.CompareAndSwap(requestWaiting, requestAbandoned) }

func (r *request) abandoned() bool { return r.state.Load() == requestAbandoned }

// lane sends the requests of its quotas to the database, one batch at a time: what arrives while a batch is under way is the next batch.
type lane struct {
	store    store
	log      *slog.Logger
	soldOuts *soldOuts
	queue    chan *request
	stop     chan struct{} // closed: finish what waits, take no more
	done     chan struct{} // closed: no batch will follow
	held     []*request    // their secret stands in the batch before
	returns  sync.WaitGroup
}

func startLane(s store, log *slog.Logger) *lane {
	l := &lane{
		store: s, log: log, soldOuts: newSoldOuts(),
		queue: make(chan *request, maxQueue), stop: make(chan struct{}), done: make(chan struct{}),
	}
	go l.run()
	return l
}

func (l *lane) close() {
	close(l.stop)
	<-l.done
	l.returns.Wait()
}

// submit waits for the verdict on r. When ctx ends first, the request is withdrawn if it can be.
func (l *lane) submit(ctx context.Context, r *request) (verdict, error) {
	if err := ctx.Err(); err != nil {
		return verdict{}, postgres.Unavailable(err)
	}
	select {
	case <-l.done:
		return verdict{}, errStopped
	default:
	}
	select {
	case l.queue <- r:
	default:
		return verdict{}, ErrTooBusy
	}
	var left error
	select {
	case a := <-r.answer:
		return a.verdict, a.err
	case <-ctx.Done():
		left = postgres.Unavailable(ctx.Err())
	case <-l.done:
		left = errStopped
	}
	if r.abandon() {
		return verdict{}, left
	}
	a := <-r.answer
	return a.verdict, a.err
}

func (l *lane) run() {
	defer close(l.done)
	for {
		batch, ok := l.next()
		if !ok {
			return
		}
		l.serve(batch)
	}
}

// next gives half of those that wait, but enough of them if there are so many, at least one and at most maxBatch; false when the lane has stopped and
// nothing waits.
func (l *lane) next() ([]*request, bool) {
	var batch, held []*request
	var seen map[[32]byte]bool
	add := func(r *request) {
		if r.abandoned() {
			return
		}
		if r.ownSecret && l.soldOuts.tells(place{r.event, r.quota}, int(r.seats)) {
			r.settle(answer{verdict: verdict{outcome: "full"}}) // found by the batch before
			return
		}
		if !r.ownSecret {
			mac := [32]byte(r.mac)
			if seen[mac] {
				held = append(held, r)
				return
			}
			if seen == nil {
				seen = map[[32]byte]bool{}
			}
			seen[mac] = true
		}
		batch = append(batch, r)
	}
	for _, r := range l.held {
		add(r)
	}
	limit := min(maxBatch, max(enough, (len(l.held)+len(l.queue)+1)/2))
	for len(batch)+len(held) < limit {
		select {
		case r := <-l.queue:
			add(r)
			continue
		default:
		}
		if len(batch) > 0 {
			break
		}
		select {
		case r := <-l.queue:
			add(r)
		case <-l.stop:
			select {
			case r := <-l.queue:
				add(r)
			default:
				return nil, false
			}
		}
	}
	l.held = held
	return batch, len(batch) > 0
}

// serve answers every request of the batch.
func (l *lane) serve(batch []*request) {
	era := l.soldOuts.now()
	verdicts, err := l.grant(batch)
	if err != nil && (undone(err) || unreachable(err)) && !errors.Is(err, context.DeadlineExceeded) {
		// Sent again as it is: what the lost batch did grant comes back as a duplicate.
		l.log.LogAttrs(context.Background(), slog.LevelWarn, "sending a batch of registrations again", slog.Int("size", len(batch)), slog.Any("cause", err))
		verdicts, err = l.grant(batch)
	}
	switch {
	case err == nil:
		l.tell(batch, verdicts, era)
	case len(batch) == 1 || unreachable(err):
		l.log.LogAttrs(context.Background(), slog.LevelError, "a batch of registrations failed", slog.Int("size", len(batch)), slog.Any("cause", err))
		for _, r := range batch {
			r.settle(answer{err: unavailable(err)})
		}
	default:
		// One request or one locked quota must not take the others down with it.
		var group errgroup.Group
		group.SetLimit(lanes)
		for _, part := range split(batch) {
			group.Go(func() error { l.serve(part); return nil })
		}
		_ = group.Wait()
	}
}

func (l *lane) grant(batch []*request) ([]verdict, error) {
	ctx, cancel := context.WithTimeout(context.Background(), grantLimit)
	defer cancel()
	return l.store.grant(ctx, batch)
}

func (l *lane) tell(batch []*request, verdicts []verdict, era uint64) {
	var lost []*request
	for i, r := range batch {
		v := verdicts[i]
		if v.outcome == "full" {
			l.soldOuts.note(era, place{r.event, r.quota}, v.free, v.most)
		}
		if !r.settle(answer{verdict: v}) && r.ownSecret && (v.outcome == "granted" || v.outcome == "duplicate") {
			lost = append(lost, r)
		}
	}
	if len(lost) > 0 {
		l.returns.Go(func() { l.giveBack(lost) })
	}
}

// giveBack frees seats whose callers left before they heard the secret: nobody else could ever cancel them.
func (l *lane) giveBack(lost []*request) {
	for _, r := range lost {
		ctx, cancel := context.WithTimeout(context.Background(), grantLimit)
		_, _, err := l.store.cancel(ctx, r.mac)
		cancel()
		if err != nil {
			l.log.LogAttrs(context.Background(), slog.LevelWarn, "could not free the seats of a caller who left", slog.Any("cause", err))
			continue
		}
		l.soldOuts.forget(place{r.event, r.quota})
	}
}

// split parts a batch by quota, or in halves when there is only one.
func split(batch []*request) [][]*request {
	byQuota := map[uuid.UUID][]*request{}
	for _, r := range batch {
		byQuota[r.quota] = append(byQuota[r.quota], r)
	}
	if len(byQuota) == 1 {
		return [][]*request{batch[:len(batch)/2], batch[len(batch)/2:]}
	}
	parts := make([][]*request, 0, len(byQuota))
	for _, part := range byQuota {
		parts = append(parts, part)
	}
	return parts
}
