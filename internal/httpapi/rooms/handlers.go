// Package rooms serves rooms: what anyone and the staff read of them, how staff keep them, and when
// they are free.
package rooms

import (
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
)

// Options are what the handlers need; all are required.
type Options struct {
	Venues        Venues
	Board         Board
	Organizations Organizations
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL   string
	View      venuejson.View
	Positions listing.Positions
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
