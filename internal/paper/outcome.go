package paper

import (
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// outcome is what a function of the database says became of a sheet or of a code.
type outcome string

// The outcomes of success; each of the others is in refusals.
const (
	made      outcome = "made"      // a sheet
	revoked   outcome = "revoked"   // a sheet
	already   outcome = "already"   // a sheet that was revoked before
	good      outcome = "good"      // a code that can be used
	granted   outcome = "granted"   // a ticket for a code
	duplicate outcome = "duplicate" // the secret has a ticket already
)

const (
	unknown outcome = "unknown"
	full    outcome = "full"
	tooMany outcome = "too_many"
	early   outcome = "early"
)

// refusal is how an outcome is refused, by what was asked for; nil where it can't be an answer.
type refusal struct {
	printing *fault.Error // of a sheet
	revoking *fault.Error // of a sheet
	code     *fault.Error // of a look at a code, or of a ticket for it
}

// refusals is the one table of what the database refuses.
var refusals = map[outcome]refusal{
	unknown:         {printing: ErrQuota, revoking: ErrSheetUnknown, code: ErrUnknown},
	"over":          {printing: ErrDateOver, code: ErrOver},
	"other_way":     {printing: ErrOtherWay},
	early:           {printing: ErrReturnsAt},
	full:            {printing: ErrTooFew},
	"used":          {code: ErrUsed},
	"not_accepting": {code: ticket.ErrNotAccepting},
	tooMany:         {code: ticket.ErrTooManySeats},
}

// refusePrint gives the fault of a sheet that was not printed; free is how many seats there are.
func (o outcome) refusePrint(free int) error {
	f := refusals[o].printing
	switch {
	case f == nil:
		return o.notUnderstood()
	case o == early:
		return f.Field("returns_at", "invalid")
	case o == full:
		return f.With("free", free)
	}
	return f
}

// refuseRevoke gives the fault of a sheet that can't be revoked.
func (o outcome) refuseRevoke() error {
	if f := refusals[o].revoking; f != nil {
		return f
	}
	return o.notUnderstood()
}

// refuseCode gives the fault of a code; most is how many seats it takes at most.
func (o outcome) refuseCode(most int) error {
	f := refusals[o].code
	switch {
	case f == nil:
		return o.notUnderstood()
	case o == tooMany:
		return f.With("max", most).Field("seats", "too_large", "max", most)
	}
	return f
}

func (o outcome) notUnderstood() error { return fmt.Errorf("understand outcome %q of paper", o) }
