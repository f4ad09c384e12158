package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Task is housekeeping that comes round.
type Task struct {
	// Name is stored with the queue: lower case with underscores, and never another task's.
	Name string
	// Every is the pause between two runs; there is one at the start as well.
	Every time.Duration
	// Do does the work and says how many things it dealt with. An error is tried again, later each
	// time.
	Do func(ctx context.Context) (int, error)
}

const (
	timeout = 10 * time.Minute // of one run
	grace   = 10 * time.Second // for runs under way when told to stop
)

// Runner works on the queue.
type Runner struct {
	client *river.Client[pgx.Tx]
}

// Work is what a runner does.
type Work struct {
	Tasks  []Task
	Duties []Duty
}

// New prepares a runner of tasks; Run starts it. A nil log is silence.
func New(db *postgres.DB, log *slog.Logger, tasks ...Task) (*Runner, error) {
	return NewRunner(db, log, Work{Tasks: tasks})
}

// NewRunner is New with duties too.
func NewRunner(db *postgres.DB, log *slog.Logger, work Work) (*Runner, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	byName := map[string]Task{}
	var periodic []*river.PeriodicJob
	for _, t := range work.Tasks {
		if t.Name == "" || t.Every <= 0 || t.Do == nil || byName[t.Name].Do != nil {
			return nil, fmt.Errorf("prepare jobs: task %q is incomplete or given twice", t.Name)
		}
		byName[t.Name] = t
		periodic = append(periodic, river.NewPeriodicJob(
			river.PeriodicInterval(t.Every),
			func() (river.JobArgs, *river.InsertOpts) { return taskArgs{Task: t.Name}, nil },
			&river.PeriodicJobOpts{ID: t.Name, RunOnStart: true},
		))
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &taskWorker{tasks: byName, log: log}); err != nil {
		return nil, fmt.Errorf("prepare jobs: %w", err)
	}
	queues := map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}}
	if len(work.Duties) > 0 {
		duties := map[string]Duty{}
		for _, d := range work.Duties {
			if d.Name == "" || d.Do == nil || duties[d.Name].Do != nil {
				return nil, fmt.Errorf("prepare jobs: duty %q is incomplete or given twice", d.Name)
			}
			duties[d.Name] = d
		}
		if err := river.AddWorkerSafely(workers, &dutyWorker{duties: duties}); err != nil {
			return nil, fmt.Errorf("prepare jobs: %w", err)
		}
		queues[dutyQueue] = river.QueueConfig{MaxWorkers: 2}
	}
	client, err := river.NewClient(riverpgxv5.New(db.WorkerPool()), &river.Config{
		Schema:               postgres.QueueSchema,
		Queues:               queues,
		Workers:              workers,
		PeriodicJobs:         periodic,
		Logger:               quiet(log),
		JobTimeout:           timeout,
		RescueStuckJobsAfter: timeout + 5*time.Minute,
		SoftStopTimeout:      grace,
		ReindexerIndexNames:  []string{}, // that is for the tables' owner
	})
	if err != nil {
		return nil, fmt.Errorf("prepare jobs: %w", err)
	}
	return &Runner{client: client}, nil
}

// Run works until ctx ends and gives runs under way ten seconds more. It returns nil after a clean
// stop.
func (r *Runner) Run(ctx context.Context) error {
	// The queue takes one connection out of the pool for good, to listen on.
	if err := r.client.Start(postgres.Several(ctx)); err != nil {
		if ctx.Err() == nil {
			return fmt.Errorf("start jobs: %w", err)
		}
		return nil // told to stop before it had started
	}
	<-r.client.Stopped()
	if ctx.Err() == nil {
		return errors.New("run jobs: the queue stopped by itself")
	}
	return nil
}

// taskArgs is a task to run.
type taskArgs struct {
	Task string `json:"task"`
}

// Kind is part of what is stored.
func (taskArgs) Kind() string { return "task" }

// InsertOpts keep a task from queueing up behind itself.
func (taskArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable,
		rivertype.JobStatePending,
		rivertype.JobStateRetryable,
		rivertype.JobStateRunning,
		rivertype.JobStateScheduled,
	}}}
}

type taskWorker struct {
	river.WorkerDefaults[taskArgs]
	tasks map[string]Task
	log   *slog.Logger
}

// Work runs the task. One that this version doesn't know is left to the versions that do.
func (w *taskWorker) Work(ctx context.Context, j *river.Job[taskArgs]) error {
	task, ok := w.tasks[j.Args.Task]
	if !ok {
		return river.JobSnooze(time.Minute)
	}
	n, err := task.Do(postgres.Watched(ctx))
	if err != nil {
		return fmt.Errorf("run task %s: %w", task.Name, err)
	}
	level := slog.LevelDebug
	if n > 0 {
		level = slog.LevelInfo
	}
	w.log.LogAttrs(ctx, level, "task done", slog.String("task", task.Name), slog.Int("count", n))
	return nil
}
