// Package reports serves what is reported of events and years.
package reports

import (
	"github.com/tonarimachi/tonarimachi/internal/i18n"
)

// Options are what the handlers need; all are required.
type Options struct {
	Reports       Reports
	Organizations Organizations
	// Labels are the words of tables that people read.
	Labels *i18n.Localizer
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
}

// New makes the handlers.
func New(o Options) *Handlers { return &Handlers{Options: o} }
