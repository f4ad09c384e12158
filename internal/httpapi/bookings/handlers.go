// Package bookings serves bookings of rooms, alone and in a series, from the request to the permit.
package bookings

import (
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/listing"
)

// Options are what the handlers need; all are required.
type Options struct {
	Bookings Bookings
	Events   Events
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
