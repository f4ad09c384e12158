package report

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

const (
	// together is how many tickets' answers are written at once at least, while more may come.
	together = 8
	// maxDates bounds what is kept in memory: answers for more dates than that are dropped.
	maxDates = 20_000
	// A round comes after a random time between these. It is well below the half hour after which
	// answers are released.
	minPause, maxPause = 4 * time.Minute, 8 * time.Minute
	closeLimit         = 10 * time.Second
)

// Collector keeps answers in memory until several have come together; see the package comment. Safe
// for concurrent use.
type Collector struct {
	db   *postgres.DB
	log  *slog.Logger
	stop chan struct{}
	done chan struct{}

	mu    sync.Mutex
	dates map[uuid.UUID]*sums
}

var _ ticket.Tally = (*Collector)(nil)

// sums are the answers given for one date.
type sums struct {
	tickets int
	counts  map[given]int
}

// given is an answer that somebody gave to a question.
type given struct {
	question event.Question
	answer   string
}

// Collect starts a collector; Close ends it. db needs the public role.
func Collect(db *postgres.DB, log *slog.Logger) *Collector {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Collector{
		db:    db,
		log:   log,
		stop:  make(chan struct{}),
		done:  make(chan struct{}),
		dates: map[uuid.UUID]*sums{},
	}
	go c.run()
	return c
}

// Count adds the answers of one ticket.
func (c *Collector) Count(occurrence uuid.UUID, a ticket.Answers) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.dates[occurrence]
	if s == nil {
		if len(c.dates) >= maxDates {
			return
		}
		s = &sums{counts: map[given]int{}}
		c.dates[occurrence] = s
	}
	s.tickets++
	for _, q := range event.Questions {
		if answer := a.To(q); answer != "" {
			s.counts[given{q, answer}]++
		}
	}
}

func (c *Collector) run() {
	defer close(c.done)
	for {
		apart := rand.N(maxPause - minPause) //nolint:gosec // only that replicas don't write at the same moment
		pause := time.NewTimer(minPause + apart)
		select {
		case <-c.stop:
			pause.Stop()
			return
		case <-pause.C:
		}
		ctx, cancel := context.WithTimeout(context.Background(), minPause)
		if err := c.Flush(ctx); err != nil {
			c.log.LogAttrs(ctx, slog.LevelWarn, "answers could not be counted yet", slog.Any("cause", err))
		}
		cancel()
	}
}

// Flush writes the dates that have enough together, or whose registration has closed. What can't be
// written is kept for the next time.
func (c *Collector) Flush(ctx context.Context) error {
	return c.write(ctx, false)
}

// Close writes everything; call it once, after the last Count.
func (c *Collector) Close() {
	close(c.stop)
	<-c.done
	ctx, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	if err := c.write(ctx, true); err != nil {
		c.log.LogAttrs(ctx, slog.LevelError, "answers were lost", slog.Any("cause", err))
	}
}

func (c *Collector) write(ctx context.Context, all bool) error {
	c.mu.Lock()
	taken := c.dates
	c.dates = map[uuid.UUID]*sums{}
	c.mu.Unlock()
	if len(taken) == 0 {
		return nil
	}
	var due map[uuid.UUID]*sums
	committing := false
	err := c.db.InTicket(ctx, nil, func(tx *postgres.Tx) error {
		committing = false
		var others []uuid.UUID
		due, others = enough(taken, all)
		closed, err := selectClosed(ctx, tx, others)
		if err != nil {
			return err
		}
		for _, id := range closed {
			due[id] = taken[id]
		}
		if len(due) > 0 {
			if err := addAnswers(ctx, tx, due); err != nil {
				return err
			}
		}
		committing = true
		return nil
	})
	// A commit whose answer was lost may have happened: better no answer than one counted twice.
	if err == nil || committing {
		for id := range due {
			delete(taken, id)
		}
	}
	c.putBack(taken)
	return err
}

// enough gives the dates whose answers may be written (all, or those with enough together) and the
// others.
func enough(taken map[uuid.UUID]*sums, all bool) (due map[uuid.UUID]*sums, others []uuid.UUID) {
	due = map[uuid.UUID]*sums{}
	for id, s := range taken {
		if all || s.tickets >= together {
			due[id] = s
		} else {
			others = append(others, id)
		}
	}
	return due, others
}

// putBack keeps what was not written, beside what came since.
func (c *Collector) putBack(kept map[uuid.UUID]*sums) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, s := range kept {
		now := c.dates[id]
		if now == nil {
			c.dates[id] = s
			continue
		}
		now.tickets += s.tickets
		for g, n := range s.counts {
			now.counts[g] += n
		}
	}
}
