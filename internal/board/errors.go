package board

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What callers hear. The codes are part of the API; those of venue (who may book when, opening
// hours, blocks) come beside them.
var (
	ErrRoomUnknown      = fault.NotFound("booking_room_unknown")
	ErrInvalid          = fault.Invalid("booking_invalid")
	ErrSpan             = fault.Invalid("booking_times_invalid") // fields starts_at, ends_at
	ErrNotOpenToYou     = fault.Forbidden("booking_room_not_open_to_you")
	ErrNoise            = fault.Conflict("booking_noise_forbidden") // the room, or a neighbour, does not bear it
	ErrExemptionUnknown = fault.Invalid("booking_exemption_unknown")
	ErrCalendarUnknown  = fault.NotFound("room_calendar_unknown")
	ErrCalendarsFull    = fault.Conflict("room_calendars_too_many") // param max
)
