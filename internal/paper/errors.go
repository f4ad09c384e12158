package paper

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What the service refuses. The codes are part of the API; Take fails as ticket.Service.Take does,
// too.
var (
	ErrUnknown      = fault.NotFound("paper_code_unknown")      // nobody printed it
	ErrUsed         = fault.Conflict("paper_code_used")         // it has become a ticket
	ErrOver         = fault.Gone("paper_code_over")             // its sheet was revoked, or its seats have gone back
	ErrQuota        = fault.NotFound("paper_quota_unknown")     // not a quota of that part of the organization's own
	ErrOtherWay     = fault.Conflict("paper_quota_other_way")   // no seats are taken there in person
	ErrDateOver     = fault.Conflict("paper_date_over")         // begun, or off
	ErrReturnsAt    = fault.Invalid("paper_returns_at_invalid") // not between now and the start; field returns_at
	ErrTooFew       = fault.Full("paper_seats_too_few")         // param free
	ErrSize         = fault.Invalid("paper_sheet_size_invalid") // fields codes, seats_each
	ErrSheetUnknown = fault.NotFound("paper_sheet_unknown")     // no such sheet of that event
	ErrTooMany      = fault.Conflict("paper_sheets_too_many")   // param max
)
