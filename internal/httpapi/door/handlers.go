// Package door serves the door on the day: the links staff open, counting heads, and checking
// tickets in.
package door

// Options are what the handlers need; all are required.
type Options struct {
	Door Entrance
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL string
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
