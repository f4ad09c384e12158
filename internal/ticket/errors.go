package ticket

import (
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/ticket/grant"
)

// What Take, Look, Cancel and Rotate refuse. The codes are part of the API.
var (
	ErrPayloadDiffers = fault.Invalid("ticket_payload_differs")    // the secret has a ticket for something else
	ErrFull           = fault.Full("quota_full")                   // fewer seats left than wanted
	ErrQuotaUnknown   = fault.NotFound("quota_unknown")            // no such quota in that event
	ErrNotNeeded      = fault.Conflict("reservation_not_needed")   // 予約不要: come as you are
	ErrOtherWay       = fault.Conflict("reservation_other_way")    // slot, lottery, or seats kept for the door
	ErrNotAccepting   = fault.Conflict("event_not_accepting")      // postponed or cancelled; of a draft nothing is told
	ErrNotOpen        = fault.Conflict("registration_not_open")    // opens later
	ErrClosed         = fault.Conflict("registration_closed")      // closed, or the part has begun
	ErrTooManySeats   = fault.Invalid("too_many_seats")            // param max
	ErrSeats          = fault.Invalid("seats_invalid")             // fewer than one; field seats
	ErrNickname       = fault.Invalid("nickname_invalid")          // field nickname
	ErrAnswers        = fault.Invalid("answers_invalid")           // fields answers.…
	ErrUnknown        = fault.NotFound("ticket_unknown")           // no ticket has this secret
	ErrOver           = fault.Conflict("ticket_over")              // the part has ended
	ErrOfferLapsed    = fault.Conflict("offer_lapsed")             // accepted too late: the seats are the next one's
	ErrNothingAsked   = fault.Conflict("nothing_to_confirm")       // it waits, or was not drawn
	ErrCancelled      = fault.Conflict("ticket_already_cancelled") // nothing left to cancel
	ErrNoList         = fault.Full("waiting_list_none")            // full, and no waiting list or too late for it
	ErrListFull       = fault.Full("waiting_list_full")            // full, and so is the waiting list
	ErrTooLarge       = fault.Invalid("group_larger_than_quota")   // param max; more than there will ever be
	ErrDrawFull       = fault.Full("lottery_full")                 // too many have applied
	ErrReach          = fault.Invalid("wait_for_invalid")          // field wait_for
	ErrTurns          = fault.Conflict("calendar_renewed_too_often")
	ErrNotConfirmed   = fault.Conflict("ticket_not_confirmed") // it waits, or was cancelled
	ErrDayCodeEarly   = fault.Conflict("day_code_too_early")   // given from the day before on
	ErrSlotUnknown    = fault.NotFound("slot_unknown")         // no such slot in that event
	ErrSlotFull       = fault.Full("slot_full")                // somebody else has it
	ErrSlotClosed     = fault.Conflict("slot_closed")          // staff closed it
	ErrSlotPast       = fault.Conflict("slot_past")            // it has begun
	ErrSlotWalkIn     = fault.Conflict("slot_walk_in")         // kept for those who come without booking
	ErrSlotsOverlap   = fault.Conflict("slots_overlap")        // or lie too close to walk from one to the other
	ErrSlotsTwoDates  = fault.Conflict("slots_of_two_dates")   // a ticket is for one date
	ErrTooManySlots   = fault.Invalid("too_many_slots")        // param max
	ErrSlotNotHeld    = fault.Conflict("slot_not_held")        // the ticket does not hold it
	ErrLastSlot       = fault.Conflict("slot_last")            // cancel the ticket instead
	ErrNoSlots        = fault.Conflict("ticket_without_slots") // a ticket for a seat
	ErrSlotChange     = fault.Invalid("slots_none_named")      // nothing to take or to give back
	ErrTooBusy        = grant.ErrTooBusy                       // too many wait already
	errStopped        = grant.ErrStopped                       // this process is shutting down
)
