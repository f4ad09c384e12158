package job

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// Duty is work that a transaction of the business asked for, by a function of the schema
// (notice_wake in migrations/functions): for one event, in one round.
type Duty struct {
	// Name is stored with the queue, as a Task's is.
	Name string
	// Do does the work; it may be called twice or be cut off, as a Task's. An error is tried again,
	// later each time.
	Do func(ctx context.Context, event uuid.UUID, round int) ([]Again, error)
}

// Again asks for another round of the same duty for the same event.
type Again struct {
	Round int
	After time.Duration
}

const (
	dutyKind  = "duty"
	dutyQueue = "duties"
)

// dutyArgs is a duty to do: ids only.
type dutyArgs struct {
	Duty    string    `json:"duty"`
	EventID uuid.UUID `json:"event_id"`
	Round   int       `json:"round"`
}

// Kind is part of what is stored.
func (dutyArgs) Kind() string { return dutyKind }

type dutyWorker struct {
	river.WorkerDefaults[dutyArgs]
	duties map[string]Duty
}

// Work does the duty. One that this version doesn't know is left to the versions that do.
func (w *dutyWorker) Work(ctx context.Context, j *river.Job[dutyArgs]) error {
	duty, ok := w.duties[j.Args.Duty]
	if !ok {
		return river.JobSnooze(time.Minute)
	}
	again, err := duty.Do(postgres.Watched(ctx), j.Args.EventID, j.Args.Round)
	client, found := river.ClientFromContextSafely[pgx.Tx](ctx)
	if found != nil {
		return fmt.Errorf("do duty %s: %w", duty.Name, errors.Join(err, found))
	}
	for _, a := range again {
		_, failed := client.Insert(
			ctx,
			dutyArgs{Duty: duty.Name, EventID: j.Args.EventID, Round: a.Round},
			&river.InsertOpts{
				Queue: dutyQueue, ScheduledAt: clock.System().Now().Add(a.After), // the queue's time is the machine's
			},
		)
		err = errors.Join(err, failed)
	}
	if err != nil {
		return fmt.Errorf("do duty %s: %w", duty.Name, err)
	}
	return nil
}
