// Package organizations serves organizations and the partnerships between them.
package organizations

// Options are what the handlers need; all are required.
type Options struct {
	Organizations Organizations
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
