package admission

import "github.com/tonarimachi/tonarimachi/internal/fault"

// What Admit refuses. All but ErrEarly carry a fresh Challenge in the parameter "challenge". The
// codes are part of the API.
var (
	ErrProofNeeded = fault.Forbidden("proof_needed")
	ErrSpent       = fault.Conflict("challenge_spent")   // good for one ticket
	ErrEarly       = fault.Conflict("challenge_early")   // param seconds; the same challenge is good then
	ErrExpired     = fault.Invalid("challenge_expired")  // too old, or from a clock that was ahead
	ErrChallenge   = fault.Invalid("challenge_invalid")  // not ours, or for another event; field proof
	ErrWork        = fault.Invalid("challenge_unsolved") // the numbers do not solve it; field proof
)

// ParamChallenge is the parameter of a fault that holds the Challenge.
const ParamChallenge = "challenge"
