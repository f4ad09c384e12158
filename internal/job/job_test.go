package job_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/job"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type bundle struct {
	*testkit.Bundle
	clock *clock.Fake
	db    *postgres.DB
	log   *safeBuffer
}

func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{
		Bundle: testkit.Database(t),
		clock:  clock.NewFake(clock.Today(clock.System()).At(9, 0)),
		log:    &safeBuffer{},
	}
	b.db = b.open(t)
	return b
}

func (b *bundle) open(t *testing.T) *postgres.DB {
	t.Helper()
	db := testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 4, Worker: 4, Clock: b.clock})
	return db
}

// run starts a runner and gives what stops it and waits for it.
func (b *bundle) run(t *testing.T, db *postgres.DB, tasks ...job.Task) (stop func()) {
	t.Helper()
	r, err := job.New(db, slog.New(slog.NewTextHandler(b.log, nil)), tasks...)
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

func (b *bundle) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := b.Pool(t).QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// told is a task that tells of every run.
func told(name string, every time.Duration, do func(context.Context) (int, error)) (job.Task, <-chan int) {
	runs := make(chan int, 100)
	return job.Task{Name: name, Every: every, Do: func(ctx context.Context) (int, error) {
		n, err := do(ctx)
		runs <- n
		return n, err
	}}, runs
}

func await(t *testing.T, runs <-chan int) int {
	t.Helper()
	select {
	case n := <-runs:
		return n
	case <-time.After(time.Minute):
		t.Fatal("the task was not run")
		return 0
	}
}

func TestTasksComeRound(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task, runs := told("tick", 200*time.Millisecond, func(context.Context) (int, error) { return 3, nil })
	stop := b.run(t, b.db, task)
	for range 3 {
		await(t, runs)
	}
	stop()
	if n := b.number(
		t,
		"select count(*) from river.river_job where kind <> 'task' or args <> '{\"task\": \"tick\"}'",
	); n != 0 {
		t.Errorf("%d jobs hold something else than the task's name", n)
	}
	if !strings.Contains(b.log.String(), "task=tick count=3") {
		t.Errorf("the log does not tell:\n%s", b.log)
	}
}

func TestWorkIsTakenOverFromARunnerThatFails(t *testing.T) {
	t.Parallel()
	b := setup(t)
	begun := make(chan int, 10)
	hanging := job.Task{Name: "work", Every: time.Hour, Do: func(context.Context) (int, error) {
		begun <- 1
		return 0, errors.New("the machine is on fire")
	}}
	stop := b.run(t, b.db, hanging)
	await(t, begun)
	stop()
	task, runs := told("work", time.Hour, func(context.Context) (int, error) { return 1, nil })
	b.run(t, b.open(t), task)
	await(t, runs)
}

func TestNewRefusesUnclearTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	do := func(context.Context) (int, error) { return 0, nil }
	for _, tasks := range [][]job.Task{
		{{Every: time.Hour, Do: do}}, {{Name: "a", Do: do}}, {{Name: "a", Every: time.Hour}},
		{{Name: "a", Every: time.Hour, Do: do}, {Name: "a", Every: time.Hour, Do: do}},
	} {
		if _, err := job.New(b.db, nil, tasks...); err == nil {
			t.Errorf("%+v was taken", tasks)
		}
	}
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
