package job_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/job"
)

// do starts a runner of duties and gives what stops it.
func (b *bundle) do(t *testing.T, duties ...job.Duty) (stop func()) {
	t.Helper()
	r, err := job.NewRunner(b.db, slog.New(slog.NewTextHandler(b.log, nil)), job.Work{Duties: duties})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

type called struct {
	event uuid.UUID
	round int
}

func awaitCall(t *testing.T, calls <-chan called) called {
	t.Helper()
	select {
	case c := <-calls:
		return c
	case <-time.After(time.Minute):
		t.Fatal("the duty was not done")
		return called{}
	}
}

// A function of the schema asks, in its own transaction; the rounds that follow are the duty's own
// wish.
func TestADutyIsAskedForByTheSchema(t *testing.T) {
	t.Parallel()
	b := setup(t)
	calls := make(chan called, 10)
	b.do(
		t,
		job.Duty{Name: "deliver_notices", Do: func(_ context.Context, event uuid.UUID, round int) ([]job.Again, error) {
			calls <- called{event, round}
			if round == 0 {
				return []job.Again{{Round: 1}, {Round: 2, After: time.Hour}}, nil
			}
			return nil, nil
		}},
	)
	event := uuid.New()
	if _, err := b.Pool(t).Exec(t.Context(), "select notice_wake($1)", event); err != nil {
		t.Fatal(err)
	}
	for round := range 2 {
		if got := awaitCall(t, calls); got != (called{event, round}) {
			t.Errorf("called with %+v, want round %d", got, round)
		}
	}
	var soon, later int
	if err := b.Pool(
		t,
	).QueryRow(
		t.Context(),
		`select count(*) filter (where scheduled_at < now() + interval '50 minutes'), count(*)
			filter (where scheduled_at > now() + interval '50 minutes')
		from river.river_job where state = 'scheduled'`,
	).Scan(
		&soon,
		&later,
	); err != nil || soon != 0 ||
		later != 1 {
		t.Errorf("%d jobs are for soon, %d for later, %v; want one in an hour", soon, later, err)
	}
}

func TestADutyThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	calls, times := make(chan called, 10), 0
	b.do(
		t,
		job.Duty{Name: "deliver_notices", Do: func(_ context.Context, event uuid.UUID, round int) ([]job.Again, error) {
			calls <- called{event, round}
			if times++; times == 1 {
				return nil, errors.New("the server is not reachable")
			}
			return nil, nil
		}},
	)
	if _, err := b.Pool(t).Exec(t.Context(), "select notice_wake($1)", uuid.New()); err != nil {
		t.Fatal(err)
	}
	awaitCall(t, calls)
	awaitCall(t, calls)
}

func TestNewRunnerRefusesUnclearDuties(t *testing.T) {
	t.Parallel()
	b := setup(t)
	do := func(context.Context, uuid.UUID, int) ([]job.Again, error) { return nil, nil }
	for _, duties := range [][]job.Duty{{{Do: do}}, {{Name: "a"}}, {{Name: "a", Do: do}, {Name: "a", Do: do}}} {
		if _, err := job.NewRunner(b.db, nil, job.Work{Duties: duties}); err == nil {
			t.Errorf("%+v was taken", duties)
		}
	}
}
