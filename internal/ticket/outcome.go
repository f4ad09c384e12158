package ticket

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// outcome is what a function of the database says became of a request.
type outcome string

// The outcomes of success; each of the others is in refusals.
const (
	granted   outcome = "granted"
	waiting   outcome = "waiting"
	applied   outcome = "applied"
	duplicate outcome = "duplicate" // the secret has a ticket already
	changed   outcome = "changed"
	cancelled outcome = "cancelled"
	confirmed outcome = "confirmed"
	set       outcome = "set"
)

// Outcomes that the service acts on before it refuses.
const (
	full          outcome = "full"
	tooMany       outcome = "too_many"
	otherWay      outcome = "other_way" // the quota's seats are taken in another way
	lapsed        outcome = "lapsed"
	taken         outcome = "taken"          // another ticket has these digits
	unknown       outcome = "unknown"        // of a quota, a slot, or the ticket that was named
	unknownTicket outcome = "unknown_ticket" // where unknown is a slot
)

// refusal is how an outcome is refused.
type refusal struct {
	fault *fault.Error
	// slots is the fault where slots were asked for, if that is another.
	slots *fault.Error
	// seats: the field seats asked for more than there may be.
	seats bool
}

// refusals is the one table of what the database refuses. An outcome is looked up in it once it is
// known to be no success: "cancelled" refuses a confirmation, and is what a cancellation wants.
var refusals = map[outcome]refusal{
	unknown:         {fault: ErrQuotaUnknown, slots: ErrSlotUnknown},
	"not_needed":    {fault: ErrNotNeeded},
	otherWay:        {fault: ErrOtherWay},
	"not_accepting": {fault: ErrNotAccepting},
	"not_open":      {fault: ErrNotOpen},
	"closed":        {fault: ErrClosed},
	tooMany:         {fault: ErrTooManySeats, seats: true, slots: ErrTooManySlots},
	full:            {fault: ErrFull, slots: ErrSlotFull},
	// of the waiting list
	"no_list":   {fault: ErrNoList},
	"list_full": {fault: ErrListFull},
	// of a draw
	"too_large": {fault: ErrTooLarge, seats: true},
	"draw_full": {fault: ErrDrawFull},
	// of slots
	"slot_closed": {fault: ErrSlotClosed},
	"slot_past":   {fault: ErrSlotPast},
	"walk_in":     {fault: ErrSlotWalkIn},
	"overlap":     {fault: ErrSlotsOverlap},
	"two_dates":   {fault: ErrSlotsTwoDates},
	"not_held":    {fault: ErrSlotNotHeld},
	"last":        {fault: ErrLastSlot},
	"no_slots":    {fault: ErrNoSlots},
	// of a ticket
	"not_confirmed": {fault: ErrNotConfirmed},
	"early":         {fault: ErrDayCodeEarly},
	"over":          {fault: ErrOver},
	"already":       {fault: ErrCancelled},
	cancelled:       {fault: ErrCancelled},
	lapsed:          {fault: ErrOfferLapsed},
	waiting:         {fault: ErrNothingAsked},
}

// refuse gives the fault of an outcome; most is how many seats there may be at most.
func (o outcome) refuse(most int) error {
	r, ok := refusals[o]
	switch {
	case !ok:
		return fmt.Errorf("understand outcome %q", o)
	case r.seats:
		return r.fault.With("max", most).Field("seats", "too_large", "max", most)
	}
	return r.fault
}

// slotVerdict is what ticket_take_slots and ticket_change_slots say.
type slotVerdict struct {
	outcome outcome
	at      []uuid.UUID // the slots to blame
	most    int         // slots at most on a ticket
}

// refuse gives the fault of a verdict with the slots to blame, by the names that the caller wrote.
func (v slotVerdict) refuse(name func(slot uuid.UUID) string) error {
	r, ok := refusals[v.outcome]
	if !ok {
		return fmt.Errorf("understand outcome %q", v.outcome)
	}
	refused := r.fault
	if r.slots != nil {
		refused = r.slots
	}
	if v.outcome == tooMany {
		refused = refused.With("max", v.most)
	}
	for _, slot := range v.at {
		refused = refused.Field(name(slot), "slot_not_available")
	}
	return refused
}
