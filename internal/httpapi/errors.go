package httpapi

import (
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// What is wrong with the credentials of a request.
var (
	errTokenMissing    = fault.Unauthenticated("token_missing")
	errDoorMissing     = fault.Unauthenticated("door_link_missing")
	errTicketMissing   = fault.Unauthenticated("ticket_code_missing")
	errTicketMalformed = fault.Unauthenticated("ticket_code_not_accepted")
)
