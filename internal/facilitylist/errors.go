package facilitylist

import "github.com/tonarimachi/tonarimachi/internal/fault"

// ErrUnreadable refuses a file that is no list of facilities. The code is part of the API.
var ErrUnreadable = fault.Invalid("facilities_unreadable")
