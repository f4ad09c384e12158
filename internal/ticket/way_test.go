package ticket

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestTheWayOfAQuotaIsReadOnce(t *testing.T) {
	t.Parallel()
	var reads atomic.Int64
	begin := make(chan struct{})
	c := newWayCache(func(context.Context, uuid.UUID) (event.Reservation, error) {
		<-begin
		reads.Add(1)
		return event.Lottery, nil
	}, wayReadLimit)
	quota := uuid.New()
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := c.of(gone, quota); !errors.Is(err, context.Canceled) { // its reading goes on
		t.Errorf("a caller who left: %v", err)
	}
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			if way, err := c.of(t.Context(), quota); way != event.Lottery || err != nil {
				t.Errorf("%q, %v", way, err)
			}
		})
	}
	close(begin)
	group.Wait()
	if _, err := c.of(t.Context(), quota); err != nil || reads.Load() != 1 {
		t.Errorf("%d reads, %v", reads.Load(), err)
	}
}

func TestWaysAreBounded(t *testing.T) {
	t.Parallel()
	way := event.Seat
	c := newWayCache(func(context.Context, uuid.UUID) (event.Reservation, error) { return way, nil }, wayReadLimit)
	for range maxWays + 10 {
		c.keep(uuid.New(), event.Seat)
	}
	if n := len(c.ways); n != 10 {
		t.Errorf("%d ways are kept, want the last ten", n)
	}
	quota := uuid.New()
	c.keep(quota, event.Slot)
	way = "" // the public does not see it any more
	if got, err := c.fresh(t.Context(), quota); got != "" || err != nil {
		t.Errorf("fresh: %q, %v", got, err)
	}
	if _, ok := c.ways[quota]; ok {
		t.Error("the way of a quota that nobody sees is kept")
	}
}

// The way is in memory, and staff change it: the statement refuses, and the new way is taken.
func TestAChangedWayIsFound(t *testing.T) {
	t.Parallel()
	k := setup(t)
	d := k.desk(t, 0)
	e := k.event(t, testkit.EventOptions{Parts: []testkit.PartOptions{{
		Reservation: "lottery", ClosesAt: k.clock.Now().Add(untilClosing),
		Quotas: []testkit.QuotaOptions{{Capacity: 5}},
	}}})
	for _, stale := range []event.Reservation{event.Seat, event.Slot, event.Lottery} {
		k.service.ways.keep(e.Quota(), stale)
		if _, got := k.take(t, ask(e, 1)); got.Status != Applied {
			t.Errorf("with %s in memory: %s, want an application", stale, got.Status)
		}
		seats := k.seats(t, 5)
		k.service.ways.keep(seats.Quota(), stale)
		if _, got := k.take(t, ask(seats, 1)); got.Status != Confirmed {
			t.Errorf("with %s in memory: %s, want a seat", stale, got.Status)
		}
		if way, err := k.service.ways.of(t.Context(), seats.Quota()); way != event.Seat || err != nil {
			t.Errorf("what is kept is %q, %v", way, err)
		}
	}
	k.service.ways.keep(d.slots[0], event.Seat)
	if _, got := k.take(t, d.ask(0)); len(got.Slots()) != 1 {
		t.Errorf("with seat in memory: %+v, want a slot", got)
	}
}
