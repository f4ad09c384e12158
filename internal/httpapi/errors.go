package httpapi

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What the face itself refuses. Values that break the contract are errInvalid (in the body) or errQuery, errPath and errHeader (elsewhere) and are named.
var (
	errBodyMalformed   = fault.Malformed("body_malformed")
	errBodyNotUTF8     = fault.Malformed("body_not_utf8")
	errBodyRepeated    = fault.Malformed("body_repeated_name")
	errBodyUnexpected  = fault.Malformed("body_unexpected")
	errInvalid         = fault.Invalid("invalid_request")
	errQuery           = fault.Malformed("query_invalid")
	errPath            = fault.Malformed("path_invalid")
	errHeader          = fault.Malformed("header_invalid")
	errTokenMissing    = fault.Unauthenticated("token_missing")
	errDoorMissing     = fault.Unauthenticated("door_link_missing")
	errTicketMissing   = fault.Unauthenticated("ticket_code_missing")
	errTicketMalformed = fault.Unauthenticated("ticket_code_not_accepted")
)
