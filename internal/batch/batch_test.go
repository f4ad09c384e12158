package batch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/batch"
)

type (
	call    = batch.Call[int, int]
	batcher = batch.Batcher[string, int, int]
)

// gate is a batcher whose batches stop at a gate until the test lets them on; then each request is
// answered with its double.
type gate struct {
	*batcher
	batches chan []*call  // that arrived at the gate
	open    chan struct{} // one for each that may go on
}

func setup(t *testing.T, options batch.Options[int, int]) *gate {
	t.Helper()
	g := &gate{batches: make(chan []*call, 100), open: make(chan struct{}, 100)}
	if options.Lanes == 0 {
		options.Lanes = 1
	}
	if options.Size == nil {
		options.Size = func(int) int { return 100 }
	}
	g.batcher = batch.New(options, func(_ string, calls []*call) {
		g.batches <- calls
		<-g.open
		for _, c := range calls {
			c.Answer(2*c.Value, nil)
		}
	})
	t.Cleanup(func() { close(g.open); g.Close() })
	return g
}

// add puts requests into the queue of "a".
func (g *gate) add(t *testing.T, values ...int) (calls []*call) {
	t.Helper()
	for _, v := range values {
		c, err := g.Add("a", v)
		if err != nil {
			t.Fatalf("Add: %v", err)
		}
		calls = append(calls, c)
	}
	return calls
}

// sees checks what the next batch at the gate holds.
func (g *gate) sees(t *testing.T, want ...int) {
	t.Helper()
	var got []int
	for _, c := range <-g.batches {
		got = append(got, c.Value)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the batch holds %v, want %v", got, want)
	}
}

func wantAnswer(t *testing.T, c *call, want int) {
	t.Helper()
	if got, err := c.Wait(t.Context()); got != want || err != nil {
		t.Errorf("request %d is answered %d, %v, want %d", c.Value, got, err, want)
	}
}

func TestWhatWaitsIsTheNextBatch(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{})
	first := g.add(t, 1)
	g.sees(t, 1) // at once, though it is alone
	later := g.add(t, 2, 3, 4)
	g.open <- struct{}{}
	wantAnswer(t, first[0], 2)
	g.sees(t, 2, 3, 4)
	g.open <- struct{}{}
	for _, c := range later {
		wantAnswer(t, c, 2*c.Value)
	}
}

func TestKeysDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{})
	g.add(t, 1)
	g.sees(t, 1)
	if _, err := g.Add("b", 2); err != nil {
		t.Fatal(err)
	}
	g.sees(t, 2)
	if n := g.Busy(); n != 2 {
		t.Errorf("%d keys are busy, want 2", n)
	}
}

func TestLanesOfAKeyAreBounded(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{Lanes: 2})
	g.add(t, 1)
	g.sees(t, 1)
	g.add(t, 2)
	g.sees(t, 2)
	rest := g.add(t, 3, 4)
	if len(g.batches) != 0 {
		t.Error("a third batch is under way")
	}
	g.open <- struct{}{}
	g.sees(t, 3, 4)
	g.open <- struct{}{}
	g.open <- struct{}{}
	wantAnswer(t, rest[1], 8)
}

func TestSizeBoundsABatch(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{Size: func(waiting int) int { return (waiting + 1) / 2 }})
	g.add(t, 0)
	g.sees(t, 0)
	g.add(t, 1, 2, 3, 4, 5)
	for _, want := range [][]int{{1, 2, 3}, {4}, {5}} {
		g.open <- struct{}{}
		g.sees(t, want...)
	}
}

func TestASizeOfNothingIsOne(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{Size: func(int) int { return 0 }})
	g.add(t, 1)
	g.sees(t, 1)
}

func TestTheQueueIsBounded(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{MaxWaiting: 2})
	g.add(t, 1)
	g.sees(t, 1)
	g.add(t, 2, 3)
	if _, err := g.Add("a", 4); !errors.Is(err, batch.ErrFull) {
		t.Errorf("Add to a full queue: %v", err)
	}
	if _, err := g.Add("b", 4); err != nil {
		t.Errorf("Add under another key: %v", err)
	}
}

func TestOneOfAnIdentityIsInABatch(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{
		Size:     func(int) int { return 4 },
		Identity: func(v int) ([32]byte, bool) { return [32]byte{byte(v / 10)}, v < 100 },
	})
	g.add(t, 0)
	g.sees(t, 0)
	g.add(t, 10, 11, 100, 12, 101, 20) // those of a hundred are nobody's
	for _, want := range [][]int{{10, 100}, {11, 101, 20}, {12}} {
		g.open <- struct{}{}
		g.sees(t, want...)
	}
}

func TestWhatIsKnownIsNotSent(t *testing.T) {
	t.Parallel()
	var over atomic.Bool
	g := setup(t, batch.Options[int, int]{Known: func(v int) (int, bool) { return -v, over.Load() && v < 10 }})
	g.add(t, 1)
	g.sees(t, 1)
	calls := g.add(t, 2, 11, 3)
	over.Store(true)
	g.open <- struct{}{}
	g.sees(t, 11)
	wantAnswer(t, calls[0], -2)
	wantAnswer(t, calls[2], -3)
	g.open <- struct{}{}
	wantAnswer(t, calls[1], 22)
}

func TestWhenAllIsKnownTheLaneIsFree(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{Known: func(v int) (int, bool) { return -v, v > 1 }})
	g.add(t, 1)
	g.sees(t, 1)
	calls := g.add(t, 2, 3)
	g.open <- struct{}{}
	wantAnswer(t, calls[1], -3)
	g.Close()
	if n := g.Busy(); n != 0 {
		t.Errorf("%d keys are busy", n)
	}
}

func TestWhoLeavesIsNotSent(t *testing.T) {
	t.Parallel()
	for _, stay := range []bool{false, true} {
		g := setup(t, batch.Options[int, int]{Stay: stay})
		g.add(t, 1)
		g.sees(t, 1)
		ctx, leave := context.WithCancel(t.Context())
		leave()
		if _, err := g.add(t, 2)[0].Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait of a caller that left: %v", err)
		}
		if _, err := g.Do(ctx, "a", 3); !errors.Is(err, context.Canceled) {
			t.Errorf("Do of a caller that left: %v", err)
		}
		g.add(t, 4)
		g.open <- struct{}{}
		g.sees(t, 4)
	}
}

func TestWhoLeavesABatchIsMissed(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{})
	c := g.add(t, 1)[0]
	g.sees(t, 1)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if _, err := c.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait: %v", err)
	}
	if c.Answer(2, nil) {
		t.Error("the answer is said to have reached a caller that left")
	}
}

func TestWhoStaysInABatchHearsTheAnswer(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{Stay: true})
	c := g.add(t, 1)[0]
	g.sees(t, 1)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	g.open <- struct{}{}
	if got, err := c.Wait(ctx); got != 2 || err != nil {
		t.Errorf("Wait: %d, %v, want the answer", got, err)
	}
}

func TestAnAnswerIsGivenOnce(t *testing.T) {
	t.Parallel()
	c := batch.NewCall[int, int](1)
	if !c.Answer(2, nil) || c.Answer(3, nil) {
		t.Error("a call is answered not at all or twice")
	}
	wantAnswer(t, c, 2)
}

func TestWhatEntersKeepsALane(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{Lanes: 2})
	for i, want := range []bool{true, true, false} {
		if g.Enter("a") != want {
			t.Errorf("request %d of a key with two lanes: %v", i+1, !want)
		}
	}
	g.add(t, 1, 2)
	g.Leave("a")
	g.sees(t, 1, 2)
	g.open <- struct{}{}
	g.Leave("a")
	g.Close()
	if n := g.Busy(); n != 0 {
		t.Errorf("%d keys are busy", n)
	}
}

func TestCloseSendsWhatWaits(t *testing.T) {
	t.Parallel()
	g := setup(t, batch.Options[int, int]{})
	g.add(t, 1)
	g.sees(t, 1)
	late := g.add(t, 2)[0]
	g.open <- struct{}{}
	g.open <- struct{}{}
	g.Close()
	wantAnswer(t, late, 4)
	if g.Enter("a") {
		t.Error("a closed batcher has a lane")
	}
	if _, err := g.Add("a", 3); !errors.Is(err, batch.ErrClosed) {
		t.Errorf("Add after Close: %v", err)
	}
}

func TestAPanicIsAnAnswer(t *testing.T) {
	t.Parallel()
	options := batch.Options[int, int]{Lanes: 1, Size: func(int) int { return 10 }}
	b := batch.New(options, func(_ string, calls []*call) {
		if calls[0].Value == 1 {
			panic("no such seat")
		}
		if calls[0].Value == 2 {
			return // and forgets the request
		}
		calls[0].Answer(9, nil)
	})
	if _, err := b.Do(t.Context(), "a", 1); err == nil || !strings.Contains(err.Error(), "no such seat") {
		t.Errorf("after a panic: %v", err)
	}
	if _, err := b.Do(t.Context(), "a", 2); err == nil {
		t.Error("a forgotten request has no error")
	}
	if got, err := b.Do(t.Context(), "a", 3); got != 9 || err != nil {
		t.Errorf("after a panic the lane answers %d, %v", got, err)
	}
	b.Close()
}

// Many callers of few keys, some of whom leave: each that stays has the answer to its own request,
// and no key is left busy.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	options := batch.Options[int, int]{Lanes: 2, Size: func(waiting int) int { return min(32, (waiting+1)/2) }}
	var sent, reached atomic.Int64
	b := batch.New(options, func(_ string, calls []*call) {
		for _, c := range calls {
			sent.Add(1)
			if c.Answer(2*c.Value, nil) {
				reached.Add(1)
			}
		}
	})
	var group sync.WaitGroup
	var heard, left, alone atomic.Int64
	for i := range 2000 {
		group.Go(func() {
			key := string(rune('a' + i%3))
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			if i%7 == 0 {
				go leave()
			}
			if i%11 == 0 && b.Enter(key) { // sends its request by itself
				b.Leave(key)
				alone.Add(1)
				return
			}
			got, err := b.Do(ctx, key, i)
			switch {
			case errors.Is(err, context.Canceled):
				left.Add(1)
			case err != nil || got != 2*i:
				t.Errorf("request %d: %d, %v", i, got, err)
			default:
				heard.Add(1)
			}
		})
	}
	group.Wait()
	b.Close()
	if heard.Load() != reached.Load() || heard.Load()+left.Load()+alone.Load() != 2000 {
		t.Errorf("%d heard, %d left, %d sent, %d reached", heard.Load(), left.Load(), sent.Load(), reached.Load())
	}
	if n := b.Busy(); n != 0 {
		t.Errorf("%d keys are busy", n)
	}
}
