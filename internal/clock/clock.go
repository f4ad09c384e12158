// Package clock is the only place that reads the time. Everything else is
// given a Clock, or better: one frozen instant.
package clock

import (
	"sync"
	"time"
)

// Tokyo is the zone of every civil date and time in the product. Japan has had
// no summer time since 1951, so a fixed +09:00 is an exact stand-in where the
// machine has no zone files.
var Tokyo = tokyo()

func tokyo() *time.Location {
	if loc, err := time.LoadLocation("Asia/Tokyo"); err == nil {
		return loc
	}
	return time.FixedZone("JST", 9*60*60)
}

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

type system struct{}

// Now drops the monotonic reading: values are stored and compared as instants.
func (system) Now() time.Time { return time.Now().Round(0) }

// System is the machine's clock.
func System() Clock { return system{} }

// Mark is a point on the monotonic clock, which a corrected wall clock can't
// disturb: for measuring durations only.
type Mark struct{ t time.Time }

// Start marks this moment.
func Start() Mark { return Mark{time.Now()} }

// Elapsed is the time since the mark.
func (m Mark) Elapsed() time.Duration { return time.Since(m.t) }

// Fake is a clock for tests that moves only when told; safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake gives a clock that stands at t.
func NewFake(t time.Time) *Fake { return &Fake{now: t} }

// Now tells the time last set.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set moves the clock to t.
func (f *Fake) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = t
}

// Advance moves the clock by d and tells the new time.
func (f *Fake) Advance(d time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	return f.now
}
