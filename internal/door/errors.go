package door

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What callers hear. The codes are part of the API.
var (
	ErrLink        = fault.Unauthenticated("door_link_not_accepted") // unknown, mistyped or revoked
	ErrEarly       = fault.Forbidden("door_not_open_yet")            // more than Before ahead of the start
	ErrOver        = fault.Forbidden("door_closed")                  // over, or the date does not take place
	ErrPart        = fault.NotFound("door_part_unknown")             // no such part on this date
	ErrTaps        = fault.Invalid("door_taps_invalid")              // field taps
	ErrNotToday    = fault.NotFound("door_ticket_not_for_today")     // no confirmed ticket of this date
	ErrPaused      = fault.TooMany("door_codes_paused")              // params minutes, retry_after (seconds)
	ErrCode        = fault.Invalid("door_code_invalid")              // neither a day code nor a participation code
	ErrDate        = fault.NotFound("door_date_unknown")             // no such date of this organization
	ErrDateOver    = fault.Conflict("door_date_over")                // a link would open nothing any more
	ErrLinkUnknown = fault.NotFound("door_link_unknown")
	ErrTooMany     = fault.Conflict("door_links_too_many")    // param max
	ErrSlot        = fault.NotFound("door_slot_unknown")      // no such slot on this date
	ErrSlotBooked  = fault.Conflict("door_slot_booked_ahead") // not kept for walk-ins
	ErrSlotFull    = fault.Invalid("door_slot_too_many")      // param max
	ErrCapacity    = fault.Invalid("door_capacity_invalid")
)
