// Package schedule serves what staff arrange inside an event: its dates, the series that makes
// dates, and the slots of its booths. Most answers are the whole event.
package schedule

import (
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// Options are what the handlers need; all are required.
type Options struct {
	Events Events
	// Clock tells whether a seat can be taken now, for display.
	Clock clock.Clock
	View  eventjson.View
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
