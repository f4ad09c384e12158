package idempotency

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What callers may hear.
var (
	ErrReused     = fault.Invalid("idempotency_key_reused")
	ErrInProgress = fault.Conflict("idempotency_in_progress")
)
