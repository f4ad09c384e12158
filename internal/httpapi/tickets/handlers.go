// Package tickets serves those who take seats: taking, looking at and giving back, contacts and
// calendars, draws and erasures, and seats taken by codes on paper.
//
// TakeSeat alone is bound by hand: on a sold-out event it is nothing but overhead, and the generic
// way costs more than the answer.
package tickets

import (
	"github.com/getkin/kin-openapi/openapi3"
)

// Options are what the handlers need; all are required, Admission apart.
type Options struct {
	Events   Events
	Tickets  Tickets
	Contacts Contacts
	// Admission asks for work when many want the same seats; nil asks nobody.
	Admission Admission
	Paper     Paper
	// BaseURL is the public address of the site, without a slash at its end.
	BaseURL string
	// TakeBody is the contract's schema of what TakeSeat is sent.
	TakeBody *openapi3.Schema
}

// Handlers implements the operations of this package.
type Handlers struct {
	Options
	take   takeDecoder
	issuer *issuer
}

// New makes the handlers.
func New(o Options) *Handlers {
	return &Handlers{Options: o, take: takeDecoder{schema: o.TakeBody}, issuer: newIssuer(o.BaseURL)}
}
