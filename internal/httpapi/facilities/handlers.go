// Package facilities serves facilities with their closures, holidays and photos, and the list of
// facilities that towns publish and bring in (公共施設一覧).
package facilities

import (
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/venuejson"
)

// Options are what the handlers need; all are required.
type Options struct {
	Venues        Venues
	Lists         Lists
	Organizations Organizations
	View          venuejson.View
	Positions     listing.Positions
	Words         caller.Words
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
