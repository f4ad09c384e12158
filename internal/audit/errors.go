package audit

import "errors"

// Mistakes of the program, never of a caller: they roll the change back and end in a 500.
var (
	ErrNoActor        = errors.New("record audit entry: the transaction has no actor")
	ErrNoOrganization = errors.New("record audit entry: no organization named")
	ErrDetailTooLarge = errors.New("record audit entry: detail over 4 kB")
)
