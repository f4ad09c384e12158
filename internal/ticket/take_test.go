package ticket

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

func TestALostConnectionLosesNoRequest(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	release := k.lock(t, e.Quota())
	const callers = 5
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			if _, _, err := k.service.Take(t.Context(), ask(e, 1)); err != nil {
				t.Errorf("Take: %v", err)
			}
		})
	}
	for _, pid := range k.waiting(t, 1) {
		k.exec(t, "select pg_terminate_backend($1)", pid)
	}
	release()
	group.Wait()
	if got, rows := k.taken(
		t,
		e.Quota(),
	), k.number(
		t,
		"select count(*) from ticket",
	); got != callers ||
		rows != callers {
		t.Errorf("taken %d, rows %d, want %d", got, rows, callers)
	}
	if !strings.Contains(k.log.String(), "again") {
		t.Error("nothing was sent again: the test did not meet its case")
	}
}

func TestACallerWhoLeavesStrandsNoSeat(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.seats(t, 20)
	release := k.lock(t, e.Quota())
	made := ask(e, 1)
	made.Secret = newSecret(t)
	for _, r := range []Request{ask(e, 4), made} {
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, _, err := k.service.Take(ctx, r)
			left <- err
		}()
		if r.Secret.IsZero() {
			k.waiting(t, 1) // the batch is under way
		}
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("Take of a caller who left: %v", err)
		}
	}
	release()
	stayed, _ := k.take(t, ask(e, 2))
	k.service.Close() // waits until seats are given back
	if got := k.number(
		t,
		"select coalesce(sum(seats), 0) from ticket where status = 'confirmed'",
	); got != k.taken(t, e.Quota()) ||
		got != 2 {
		t.Errorf("%d seats are held and %d counted, want 2", got, k.taken(t, e.Quota()))
	}
	_, _, err := k.service.Take(t.Context(), ask(e, 1))
	wantError(t, "Take after Close", err, errStopped)
	if _, err := k.service.Look(t.Context(), stayed); err != nil {
		t.Errorf("Look after Close: %v", err)
	}
}
