package round

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What callers of rounds hear. The codes are part of the API.
var (
	ErrUnknown            = fault.NotFound("round_unknown")
	ErrInvalid            = fault.Invalid("round_invalid")
	ErrOverlaps           = fault.Conflict("round_overlaps") // another round keeps some of that floor then
	ErrDrawn              = fault.Conflict("round_drawn")    // too late to call it off
	ErrOver               = fault.Conflict("round_over")     // nothing about it changes any more
	ErrBegun              = fault.Conflict("round_begun")    // applications have opened: days and numbers stay
	ErrApplicationUnknown = fault.NotFound("application_unknown")
	ErrNotOpen            = fault.Conflict("round_not_open")        // before or after the time of applications
	ErrApplications       = fault.Conflict("applications_too_many") // of this organization, or of all
	ErrWish               = fault.Invalid("wish_invalid")
	ErrWithdrawLate       = fault.Conflict("application_drawn") // decline the result instead
	ErrNoResult           = fault.Conflict("application_no_result")
)
