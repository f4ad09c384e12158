package round

import (
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// outcome is what a function of the database says became of a round or an application.
type outcome string

// The outcomes of success; each of the others is in refusals.
const (
	applied   outcome = "applied"
	changed   outcome = "changed" // a round, or an application
	withdrawn outcome = "withdrawn"
	cancelled outcome = "cancelled"
)

// refusal is how an outcome is refused. What is unknown or drawn may be a round or an application.
type refusal struct {
	round       *fault.Error
	application *fault.Error // where an application was named, if that is another
}

// refusals is the one table of what the database refuses.
var refusals = map[outcome]refusal{
	"unknown": {round: ErrUnknown, application: ErrApplicationUnknown},
	"drawn":   {round: ErrDrawn, application: ErrWithdrawLate},
	// of a round
	"over":  {round: ErrOver},
	"begun": {round: ErrBegun},
	// of an application
	"not_open":        {round: ErrNotOpen},
	"too_many":        {round: ErrApplications},
	"full":            {round: ErrApplications},
	"too_many_wishes": {round: ErrWish.Field("wishes", "too_many")},
	"foreign_room":    {round: ErrWish.Field("wishes", "room_not_in_round")},
	"outside_period":  {round: ErrWish.Field("wishes", "outside_period")},
}

// refuseRound gives the fault of an outcome where a round was named.
func (o outcome) refuseRound() error {
	r, ok := refusals[o]
	if !ok {
		return fmt.Errorf("understand outcome %q", o)
	}
	return r.round
}

// refuseApplication gives the fault of an outcome where an application was named.
func (o outcome) refuseApplication() error {
	if r := refusals[o]; r.application != nil {
		return r.application
	}
	return o.refuseRound()
}
