// Package events serves events whole: what anyone may read of them and the steps staff take them
// through, from a draft to an end. What is inside an event (dates, series, slots) is in package
// schedule.
package events

import (
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
)

// Options are what the handlers need; all are required.
type Options struct {
	Events Events
	Search Search
	// Clock tells whether a seat can be taken now, for display.
	Clock     clock.Clock
	View      eventjson.View
	Positions listing.Positions
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
