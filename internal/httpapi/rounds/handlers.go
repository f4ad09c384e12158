// Package rounds serves the rounds in which rooms of a season are drawn, and the applications for
// them.
package rounds

import (
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
)

// Options are what the handlers need; all are required.
type Options struct {
	Rounds        Rounds
	Organizations Organizations
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL   string
	Positions listing.Positions
	Words     caller.Words
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
