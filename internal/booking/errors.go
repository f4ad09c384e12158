package booking

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What callers hear. The codes are part of the API; those of venue (who may book when, opening
// hours, blocks) and of board come beside them.
var (
	ErrUnknown         = fault.NotFound("booking_unknown") // or of two other organizations
	ErrTaken           = fault.Full("taken")               // and nothing more is said: neither whose nor what for
	ErrInvalid         = fault.Invalid("booking_invalid")
	ErrNoHolds         = fault.Conflict("booking_no_holds")      // this room's rule knows no 仮押さえ
	ErrStatus          = fault.Conflict("booking_status")        // param status: not in a state for this
	ErrSide            = fault.Forbidden("booking_other_side")   // the other organization's to do
	ErrSecondPerson    = fault.Conflict("booking_second_person") // the second approval is another member's
	ErrCancelLate      = fault.Conflict("booking_cancel_late")   // param until: ask the lender
	ErrReason          = fault.Invalid("booking_reason_missing")
	ErrSwap            = fault.Invalid("booking_swap_invalid")
	ErrNoPermit        = fault.Conflict("booking_no_permit")       // not confirmed
	ErrExemption       = fault.Conflict("booking_exemption_state") // nothing asked, or decided already
	ErrSeriesUnknown   = fault.NotFound("booking_series_unknown")
	ErrSeriesRule      = fault.Invalid("booking_series_rule")       // no rule we understand, or no dates
	ErrSeriesNothing   = fault.Conflict("booking_series_none_free") // none of the dates can be had
	ErrNotesFull       = fault.Conflict("booking_notes_full")
	ErrKeptForRound    = fault.Conflict("booking_round_keeps_room") // apply there, or wait until it is over
	ErrServesEvent     = fault.Conflict("booking_serves_event")     // a date of an event stands in it; move both
	ErrServesPublished = fault.Conflict(
		"booking_serves_published_event",
	) // it would have to be approved again, and people were told of the room
	ErrBusy = fault.Conflict(
		"booking_rules_changed",
	) // the room's rules changed again and again while this was judged
)
