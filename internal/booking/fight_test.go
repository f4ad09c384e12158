package booking

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

const writers = 64

// unguard takes away what keeps bookings apart: the constraint, the locks, and the deferred look.
func (k *kit) unguard() {
	k.exec("alter table occupancy drop constraint occupancy_no_overlap")
	k.exec("create index occupancy_plain on occupancy using gist (span, space_id)")
	// Row locks of spaces go by their policy: without it the statements find none to lock.
	k.exec("drop policy space_locked on space")
	k.exec("drop trigger booking_whole on booking")
}

// fight lets writers of three towns place, decide, cancel, move and swap bookings of a divided hall
// at one time, and tells what went wrong. With three choices they only place.
func (k *kit) fight(steps, choices int) (problems []string, longest time.Duration) {
	k.Helper()
	rooms := []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole, k.hall.Tea}
	towns := []staff.Author{k.kita, k.minato, k.chuo}
	var (
		mu  sync.Mutex
		all []uuid.UUID
	)
	some := func(r *rand.Rand) uuid.UUID {
		mu.Lock()
		defer mu.Unlock()
		if len(all) == 0 {
			return uuid.New()
		}
		return all[r.IntN(len(all))]
	}
	report := func(what string, err error) {
		if err == nil {
			return
		}
		if _, expected := fault.As(err); expected && !errors.Is(err, postgres.ErrUnavailable) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		problems = append(problems, fmt.Sprintf("%s: %v", what, err))
	}
	var group sync.WaitGroup
	ctx := k.Context()
	for w := range writers {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 7))
			by := towns[w%len(towns)]
			for range steps {
				start := 9 + r.IntN(11)
				began := time.Now()
				switch r.IntN(choices) {
				case 0, 1, 2:
					in := ask(rooms[r.IntN(4)], start, start+1+r.IntN(2))
					in.Hold, in.Queue, in.ClearingMinutes = r.IntN(2) == 0, r.IntN(2) == 0, 30*r.IntN(2)
					b, err := k.service.Place(ctx, by, in)
					report("place", err)
					if err == nil {
						mu.Lock()
						all = append(all, b.ID)
						mu.Unlock()
					}
				case 3:
					_, err := k.service.Approve(ctx, k.kita, some(r), "")
					report("approve", err)
				case 4:
					_, err := k.service.Cancel(ctx, by, some(r), "都合により")
					report("cancel", err)
				case 5, 6:
					_, err := k.service.Move(
						ctx,
						by,
						some(r),
						Move{RoomID: &rooms[r.IntN(4)], StartsAt: new(at(start, 0))},
					)
					report("move", err)
				case 7:
					_, _, err := k.service.Swap(ctx, k.kita, some(r), some(r), "")
					report("swap", err)
				}
				mu.Lock()
				longest = max(longest, time.Since(began))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if n := k.overlaps(); n > 0 {
		problems = append(problems, fmt.Sprintf("%d pairs of bookings overlap", n))
	}
	if n := k.astray(); n > 0 {
		problems = append(problems, fmt.Sprintf("%d bookings stand on other floor than their state says", n))
	}
	if n := k.number("select deadlocks::int from pg_stat_database where datname = current_database()"); n > 0 {
		problems = append(problems, fmt.Sprintf("%d deadlocks", n))
	}
	return problems, longest
}

func TestWritersNeverOverlap(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{Setup: 15, Clearing: 15, Noise: "forbid"})
	problems, longest := k.fight(testkit.Size(10, 100), 8)
	for _, p := range slices.Compact(problems) {
		t.Error(p)
	}
	if k.number("select count(*) from booking_change where kind = 'moved_up'") == 0 ||
		k.number("select count(*) from booking_change where kind = 'swapped'") == 0 {
		t.Error("nobody moved up or swapped: the fight is not one")
	}
	testkit.Figure(
		t,
		"%d writers on a hall of two halves: no overlap, no deadlock, the longest step took %v",
		writers,
		longest.Round(time.Millisecond),
	)
}

// Without the constraint and the locks the same fight finds what it is there to find.
func TestTheFightFindsOverlaps(t *testing.T) {
	t.Parallel()
	// On a busy machine the writers of one fight may happen to come one after the other.
	for range 10 {
		k := setup(t, testkit.HallOptions{})
		k.unguard()
		if problems, _ := k.fight(10, 3); len(problems) > 0 {
			return
		}
	}
	t.Error("on a database without constraint and locks ten fights find nothing")
}

// With the constraint alone, its locks taken away, nothing overlaps either.
func TestTheConstraintStandsBehindTheLocks(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.exec("drop policy space_locked on space")
	var group sync.WaitGroup
	won := make(chan Booking, writers)
	for w := range writers {
		group.Go(func() {
			b, err := k.service.Place(
				t.Context(),
				[]staff.Author{k.minato, k.chuo}[w%2],
				ask([]uuid.UUID{k.hall.A, k.hall.Whole}[w/2%2], 9, 12),
			)
			if err == nil {
				won <- b
			} else if !errors.Is(err, ErrTaken) && !errors.Is(err, postgres.ErrUnavailable) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	close(won)
	if len(won) > 1 || k.overlaps() != 0 {
		t.Errorf("%d got the hall, %d overlaps", len(won), k.overlaps())
	}
}

// A worker, an approving member and the borrower come to the same hold at the same moment: one of
// them is first, and the floor follows.
func TestDecisionsRaceCancellations(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	ctx := context.WithoutCancel(t.Context())
	for i := range 20 {
		b := k.place(k.minato, ask(k.hall.A, 9, 12))
		var group sync.WaitGroup
		for _, do := range []func() error{
			func() error { _, err := k.service.Approve(ctx, k.kita, b.ID, ""); return err },
			func() error { _, err := k.service.Cancel(ctx, k.minato, b.ID, ""); return err },
			func() error { _, err := k.service.Decline(ctx, k.kita, b.ID, "満室"); return err },
			func() error {
				_, err := k.service.Move(ctx, k.minato, b.ID, Move{RoomID: &k.hall.Whole})
				return err
			},
		} {
			group.Go(func() {
				if err := do(); err != nil {
					if _, expected := fault.As(err); !expected {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if k.astray() != 0 || k.overlaps() != 0 {
			t.Fatalf("round %d: floor and state part", i)
		}
		if d := k.get(k.kita, b.ID); !d.Status.Over() {
			k.must(k.service.Cancel(ctx, k.kita, b.ID, "次の回のため"))
		}
	}
}
