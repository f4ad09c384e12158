// Package staff serves what an administrator keeps of the staff: their tokens and the audit ledger.
package staff

// Options are what the handlers need; all are required.
type Options struct {
	Staff  Staff
	Ledger Ledger
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
