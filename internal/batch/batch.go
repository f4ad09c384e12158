package batch

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
)

// What Add refuses.
var (
	ErrFull   = errors.New("too many requests wait")
	ErrClosed = errors.New("the batcher is closed")
)

// errUnanswered is the answer to a request that the send function forgot.
var errUnanswered = errors.New("the batch was sent, but this request was not answered")

// Options say how requests are put together.
type Options[V, A any] struct {
	// Lanes is how many batches of one key may be under way at the same time; at least one.
	Lanes int
	// Size gives how many requests to take when so many wait.
	Size func(waiting int) int
	// MaxWaiting is how many requests of one key may wait; 0 for any number.
	MaxWaiting int
	// Stay keeps a caller with a request that is in a batch, even when its context ends.
	Stay bool
	// Identity, if given, tells requests that must not be in one batch: of those with the same
	// identity one is taken and the others wait for the next batch. False: it may be beside any.
	Identity func(V) ([32]byte, bool)
	// Known, if given, answers a request that need not be sent, when its turn has come. It must
	// not call the batcher.
	Known func(V) (A, bool)
}

// Batcher sends together what arrives together. It is safe for concurrent use.
type Batcher[K comparable, V, A any] struct {
	options Options[V, A]
	send    func(key K, calls []*Call[V, A])

	mu      sync.Mutex
	queues  map[K]*queue[V, A] // of keys with a busy lane
	closed  bool
	workers sync.WaitGroup
}

// queue is what waits for the lanes of one key.
type queue[V, A any] struct {
	busy    int // lanes
	waiting []*Call[V, A]
}

// New makes a batcher. send has to answer each call of a batch; it runs without a caller's context,
// for the batch is everybody's, so it sets a limit of its own.
func New[K comparable, V, A any](options Options[V, A], send func(key K, calls []*Call[V, A])) *Batcher[K, V, A] {
	return &Batcher[K, V, A]{options: options, send: send, queues: map[K]*queue[V, A]{}}
}

// Do adds a request and waits for its answer.
func (b *Batcher[K, V, A]) Do(ctx context.Context, key K, v V) (A, error) {
	if err := ctx.Err(); err != nil {
		return *new(A), err
	}
	call, err := b.Add(key, v)
	if err != nil {
		return *new(A), err
	}
	return call.Wait(ctx)
}

// Add puts a request into the queue of its key; Wait of the call it gives has the answer. It fails
// with ErrFull or ErrClosed.
func (b *Batcher[K, V, A]) Add(key K, v V) (*Call[V, A], error) {
	call := NewCall[V, A](v)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, ErrClosed
	}
	q := b.queue(key)
	if b.options.MaxWaiting > 0 && len(q.waiting) >= b.options.MaxWaiting {
		return nil, ErrFull
	}
	q.waiting = append(q.waiting, call)
	if q.busy < b.options.Lanes {
		b.start(key, q)
	}
	return call, nil
}

// Enter takes a lane for a caller that sends its request by itself, if one is free; Leave gives it
// back. False: all are busy, so that the request is better added to those that wait.
func (b *Batcher[K, V, A]) Enter(key K) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	q := b.queue(key)
	if q.busy >= b.options.Lanes {
		return false
	}
	q.busy++
	b.workers.Add(1)
	return true
}

// Leave gives the lane of an Enter to the requests that wait.
func (b *Batcher[K, V, A]) Leave(key K) {
	defer b.workers.Done()
	b.mu.Lock()
	defer b.mu.Unlock()
	q := b.queues[key]
	q.busy--
	if len(q.waiting) > 0 {
		b.start(key, q)
		return
	}
	b.tidy(key, q)
}

// Close refuses what comes later, sends what waits, and returns when every lane is free.
func (b *Batcher[K, V, A]) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.workers.Wait()
}

// Busy gives the number of keys with a lane under way.
func (b *Batcher[K, V, A]) Busy() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.queues)
}

// queue gives the queue of a key; the caller holds the lock and keeps a lane of it.
func (b *Batcher[K, V, A]) queue(key K) *queue[V, A] {
	q := b.queues[key]
	if q == nil {
		q = &queue[V, A]{}
		b.queues[key] = q
	}
	return q
}

// tidy forgets a key without a busy lane; the caller holds the lock.
func (b *Batcher[K, V, A]) tidy(key K, q *queue[V, A]) {
	if q.busy == 0 {
		delete(b.queues, key)
	}
}

// start sets a lane to work; the caller holds the lock.
func (b *Batcher[K, V, A]) start(key K, q *queue[V, A]) {
	q.busy++
	b.workers.Go(func() {
		for {
			calls := b.next(key, q)
			if len(calls) == 0 {
				return
			}
			b.serve(key, calls)
		}
	})
}

// next gives the lane its next batch, or gives the lane back when nothing waits.
func (b *Batcher[K, V, A]) next(key K, q *queue[V, A]) []*Call[V, A] {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(q.waiting) > 0 {
		if calls := b.take(q); len(calls) > 0 {
			return calls
		}
	}
	q.busy--
	b.tidy(key, q)
	return nil
}

// take removes a batch from the front of the queue. Those that share an identity with one of the
// batch stay in front of the rest.
func (b *Batcher[K, V, A]) take(q *queue[V, A]) []*Call[V, A] {
	var calls, held []*Call[V, A]
	var seen map[[32]byte]bool
	limit, at := max(1, b.options.Size(len(q.waiting))), 0
	for ; at < len(q.waiting) && len(calls)+len(held) < limit; at++ {
		call := q.waiting[at]
		if call.withdrawn() || b.answerKnown(call) {
			continue
		}
		if b.options.Identity != nil {
			if identity, ok := b.options.Identity(call.Value); ok {
				if seen[identity] {
					held = append(held, call)
					continue
				}
				if seen == nil {
					seen = map[[32]byte]bool{}
				}
				seen[identity] = true
			}
		}
		if b.options.Stay && !call.state.CompareAndSwap(waiting, taken) {
			continue // withdrawn this moment
		}
		calls = append(calls, call)
	}
	q.waiting = slices.Replace(q.waiting, 0, at, held...)
	return calls
}

func (b *Batcher[K, V, A]) answerKnown(call *Call[V, A]) bool {
	if b.options.Known == nil {
		return false
	}
	a, ok := b.options.Known(call.Value)
	if ok {
		call.Answer(a, nil)
	}
	return ok
}

// serve sends a batch. A send function that panics takes neither the program nor the callers with
// it: they are told what happened.
func (b *Batcher[K, V, A]) serve(key K, calls []*Call[V, A]) {
	unanswered := errUnanswered
	defer func() {
		if p := recover(); p != nil {
			unanswered = fmt.Errorf("send a batch: panic: %v\n%s", p, debug.Stack())
		}
		for _, call := range calls {
			call.Answer(*new(A), unanswered)
		}
	}()
	b.send(key, calls)
}

// Call is a request on its way through a batcher.
type Call[V, A any] struct {
	Value V

	state  atomic.Int32
	answer chan answer[A] // room for one
}

type answer[A any] struct {
	value A
	err   error
}

// The states of a call. A call is answered or withdrawn, never both.
const (
	waiting  int32 = iota
	taken          // with Options.Stay: in a batch, so that it can't be withdrawn
	answered       // the answer is there
	withdrawn
)

// NewCall makes a call that stands in no queue, for a test of a send function.
func NewCall[V, A any](v V) *Call[V, A] {
	return &Call[V, A]{Value: v, answer: make(chan answer[A], 1)}
}

// Answer hands the caller its answer; false when nobody waits for it, or it was answered before.
func (c *Call[V, A]) Answer(a A, err error) bool {
	if !c.state.CompareAndSwap(waiting, answered) && !c.state.CompareAndSwap(taken, answered) {
		return false
	}
	c.answer <- answer[A]{value: a, err: err}
	return true
}

// Wait gives the answer. When ctx ends first, the request is withdrawn if that is still possible,
// and the error is the context's.
func (c *Call[V, A]) Wait(ctx context.Context) (A, error) {
	select {
	case a := <-c.answer:
		return a.value, a.err
	case <-ctx.Done():
	}
	if c.state.CompareAndSwap(waiting, withdrawn) {
		return *new(A), ctx.Err()
	}
	a := <-c.answer
	return a.value, a.err
}

func (c *Call[V, A]) withdrawn() bool { return c.state.Load() == withdrawn }
