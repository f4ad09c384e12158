package door

import (
	"fmt"
	"math"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// outcome is what a function of the database says became of a request at the door.
type outcome string

const (
	open    outcome = "open"    // success: the link opens its date, and what was asked is done
	unknown outcome = "unknown" // of a link
	none    outcome = "none"    // of a ticket
	paused  outcome = "paused"
	tooMany outcome = "too_many"
)

// refusals is the one table of what the database refuses.
var refusals = map[outcome]*fault.Error{
	unknown:        ErrLink,
	"early":        ErrEarly,
	"over":         ErrOver,
	"no_part":      ErrPart,
	none:           ErrNotToday,
	paused:         ErrPaused,
	"no_slot":      ErrSlot,
	"booked_ahead": ErrSlotBooked,
	tooMany:        ErrSlotFull,
}

// verdict is an outcome with what its refusal tells.
type verdict struct {
	outcome outcome
	most    int           // parties at most, of tooMany
	pause   time.Duration // until day codes are judged again, of paused
}

// refuse gives the fault of a verdict, nil for success.
func (v verdict) refuse() error {
	if v.outcome == open {
		return nil
	}
	refused, ok := refusals[v.outcome]
	if !ok {
		return fmt.Errorf("understand outcome %q of the door", v.outcome)
	}
	switch v.outcome {
	case tooMany:
		return refused.With("max", v.most).Field("parties", "too_large", "max", v.most)
	case paused:
		return refused.
			With("minutes", max(1, int(math.Ceil(v.pause.Minutes())))).
			With("retry_after", max(1, int(math.Ceil(v.pause.Seconds()))))
	}
	return refused
}
