package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// KeptInOutage is how long kept documents are served, with their age, when the database no longer
// gives newer ones. After that the answer is 503: a calendar then keeps what it has, and tries
// again.
const KeptInOutage = 10 * time.Minute

const (
	// cachedPatience is how long a request waits for a newer document when there is a cached one.
	cachedPatience = time.Second
	// firstPatience is how long a request waits for a document that is not cached.
	firstPatience = 5 * time.Second
	// buildPatience is for a build, which goes on when nobody waits for it any more.
	buildPatience = 20 * time.Second
)

var errUnavailable = fault.Unavailable("unavailable")

// get gives the document at a path, which for a feed with filters ends in ? and their key, built
// now if what is kept may be out of date. stale says that it may be so still, because the database
// does not say.
func (f *Feeds) get(
	ctx context.Context,
	path string,
	selector func() (search.Selector, error),
) (d *document, stale bool, err error) {
	old := f.load(path)
	if old != nil && f.fresh(old) {
		return old, false, nil
	}
	s, err := selector()
	if err != nil {
		return nil, false, err
	}
	patience, mayBeStale := firstPatience, old != nil && !f.outage.beganBy(f.Clock.Now().Add(-KeptInOutage))
	if mayBeStale {
		patience = cachedPatience
		if f.outage.isOn() {
			patience = 0
			if !f.outage.beginTrial() { // one at a time asks whether the database is back
				return old, true, nil
			}
		}
	}
	b := f.start(ctx, path, s, patience == 0)
	err = b.wait(ctx, patience)
	switch {
	case err == nil && b.err == nil:
		return b.document, false, nil
	case err == nil && databaseAnswered(b.err):
		if old != nil {
			f.forget(path)
		}
		return nil, false, b.err
	case err == nil:
		err = b.err
	case ctx.Err() == nil:
		f.outage.begin(f.Clock.Now())
	}
	if !mayBeStale || ctx.Err() != nil {
		return nil, false, err
	}
	if patience > 0 { // A calendar is better served with what stood a moment ago than with nothing.
		f.Logger.LogAttrs(ctx, slog.LevelWarn, "serve a feed as it was", slog.Any("cause", err))
	}
	return old, true, nil
}

// Kept reports that there are documents to be served in an outage that has lasted so long.
func (f *Feeds) Kept(lasted time.Duration) bool { return f.count.Load() > 0 && lasted < KeptInOutage }

// builds are those under way: who asks for the same joins.
type builds struct {
	mu  sync.Mutex
	all map[string]*build
}

type build struct {
	begun    clock.Mark
	done     chan struct{}
	document *document // valid once done, as is err
	err      error
}

// start builds the document at a path, or joins who does so already.
func (f *Feeds) start(ctx context.Context, path string, s search.Selector, trial bool) *build {
	// The generation is part of the key: who asks after a change does not join a build that began
	// before it.
	generation := f.generation.Load()
	key := fmt.Sprint(generation, " ", path)
	f.builds.mu.Lock()
	defer f.builds.mu.Unlock()
	b, ok := f.builds.all[key]
	if ok {
		if trial {
			f.outage.endTrial()
		}
		return b
	}
	b = &build{begun: clock.Start(), done: make(chan struct{})}
	if f.builds.all == nil {
		f.builds.all = map[string]*build{}
	}
	f.builds.all[key] = b
	go func() {
		defer func() {
			if v := recover(); v != nil { // who waits must not wait for ever, and the process goes on
				b.err = fmt.Errorf("build feed: panic: %v\n%s", v, debug.Stack())
			}
			f.outage.note(b.err, f.Clock.Now())
			if trial {
				f.outage.endTrial()
			}
			f.builds.mu.Lock()
			delete(f.builds.all, key)
			f.builds.mu.Unlock()
			close(b.done)
		}()
		b.document, b.err = f.build(context.WithoutCancel(ctx), path, s, generation)
	}()
	return b
}

// wait waits until the build is done; it fails when that takes longer than patience, counted from
// the build's beginning.
func (b *build) wait(ctx context.Context, patience time.Duration) error {
	timer := time.NewTimer(max(0, patience-b.begun.Elapsed()))
	defer timer.Stop()
	select {
	case <-b.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return errUnavailable.Because(context.DeadlineExceeded)
	}
}

// outage knows since when the database gives no documents.
type outage struct {
	mu     sync.Mutex
	since  time.Time // zero when it does
	trying bool
}

// begin notes an outage unless there is one already.
func (o *outage) begin(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		o.since = now
	}
}

// databaseAnswered reports that the database answered, be it with a refusal.
func databaseAnswered(err error) bool {
	kind := fault.KindOf(err)
	return err == nil || kind != fault.KindUnavailable && kind != fault.KindInternal
}

// note learns from a build how the database is. What is wrong with one document says nothing of it.
func (o *outage) note(err error, now time.Time) {
	switch {
	case databaseAnswered(err):
		o.mu.Lock()
		defer o.mu.Unlock()
		o.since = time.Time{}
	case fault.KindOf(err) == fault.KindUnavailable, errors.Is(err, context.DeadlineExceeded):
		o.begin(now)
	}
}

// isOn reports that the database gives no documents now.
func (o *outage) isOn() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero()
}

// beganBy reports an outage that began at a time or before.
func (o *outage) beganBy(at time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero() && !o.since.After(at)
}

// beginTrial reports that the caller is the one to ask the database now; endTrial lets another ask.
func (o *outage) beginTrial() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.trying {
		return false
	}
	o.trying = true
	return true
}

func (o *outage) endTrial() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.trying = false
}
