package booking

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// When a town's own system books for all its groups, it asks for many rooms at the same moment. The
// first few requests go to the database each by itself; those that come while these are under way
// are placed together in one transaction, with one commit, as soon as a lane is free. The database
// judges each of them as if it had come alone, and whoever it can't judge in company
// (booking_place_all says alone) comes alone.
const (
	crowdLanes = 2  // transactions of one author at a time
	crowdMost  = 32 // bookings in one
	crowdLimit = 10 * time.Second
)

// comer is one booking on its way through a crowd.
type comer struct {
	b                      *Booking
	roomSeen, facilitySeen time.Time
	monthCap               *int

	state  atomic.Int32
	answer chan arrival // room for one
}

// arrival is what came of it; alone: it has to come by itself.
type arrival struct {
	outcome string
	alone   bool
	err     error
}

// A comer is waiting until a batch takes it or its caller leaves, never both.
const (
	comerWaiting int32 = iota
	comerTaken
	comerGone
)

// crowd places together what one author asks for at the same moment. The zero crowd is ready, given
// together.
type crowd struct {
	together func(ctx context.Context, by staff.Author, batch []*comer) ([]string, error)

	mu    sync.Mutex
	lanes map[staff.Author]*lanes
}

type lanes struct {
	busy    int
	waiting []*comer
}

// enter says whether a lane was free, and takes it; otherwise the comer waits for one.
func (c *crowd) enter(by staff.Author, one *comer) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes[by]
	if l == nil {
		if c.lanes == nil {
			c.lanes = map[staff.Author]*lanes{}
		}
		l = &lanes{}
		c.lanes[by] = l
	}
	if l.busy < crowdLanes {
		l.busy++
		return true
	}
	l.waiting = append(l.waiting, one)
	return false
}

// leave gives a lane to those who wait, or back.
func (c *crowd) leave(by staff.Author) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes[by]
	for len(l.waiting) > 0 {
		n := min(crowdMost, len(l.waiting))
		batch := slices.DeleteFunc(
			slices.Clone(l.waiting[:n]),
			func(one *comer) bool { return !one.state.CompareAndSwap(comerWaiting, comerTaken) },
		)
		l.waiting = slices.Delete(l.waiting, 0, n)
		if len(batch) > 0 {
			go c.serve(by, batch)
			return
		}
	}
	if l.busy--; l.busy == 0 {
		delete(c.lanes, by)
	}
}

func (c *crowd) serve(by staff.Author, batch []*comer) {
	defer c.leave(by)
	ctx, cancel := context.WithTimeout(context.Background(), crowdLimit)
	defer cancel()
	outcomes, err := c.together(ctx, by, batch)
	for i, one := range batch {
		switch {
		case err == nil:
			one.answer <- arrival{outcome: outcomes[i], alone: outcomes[i] == "alone"}
		case postgres.Refused(err): // nothing was written: one of them must not take the others down with it
			one.answer <- arrival{alone: true}
		default:
			one.answer <- arrival{err: postgres.Unavailable(err)}
		}
	}
}

// place sends a booking by itself where nobody of its author is before it, otherwise with those who
// wait.
func (c *crowd) place(ctx context.Context, by staff.Author, one *comer, alone func() (string, error)) (string, error) {
	if c.enter(by, one) {
		defer c.leave(by)
		return alone()
	}
	var a arrival
	select {
	case a = <-one.answer:
	case <-ctx.Done():
		if one.state.CompareAndSwap(comerWaiting, comerGone) {
			return "", postgres.Unavailable(ctx.Err())
		}
		a = <-one.answer // it is being placed: what comes of it is soon known
	}
	if a.alone {
		return alone()
	}
	return a.outcome, a.err
}
