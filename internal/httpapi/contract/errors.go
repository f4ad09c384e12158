package contract

import (
	"github.com/tonarimachi/tonarimachi/internal/fault"
)

// What a request is refused for that breaks the contract: ErrInvalid names values of the body,
// ErrQuery, ErrPath and ErrHeader those elsewhere.
var (
	ErrBodyMalformed  = fault.Malformed("body_malformed")
	errBodyNotUTF8    = fault.Malformed("body_not_utf8")
	errBodyRepeated   = fault.Malformed("body_repeated_name")
	errBodyUnexpected = fault.Malformed("body_unexpected")
	ErrInvalid        = fault.Invalid("invalid_request")
	ErrQuery          = fault.Malformed("query_invalid")
	ErrPath           = fault.Malformed("path_invalid")
	errHeader         = fault.Malformed("header_invalid")
)
