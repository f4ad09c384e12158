package query

import "github.com/tonarimachi/tonarimachi/internal/postgres"

// IsUndone reports a deadlock or a serialization failure: nothing happened, and the same again may
// pass.
func IsUndone(err error) bool {
	state, _ := postgres.Constraint(err)
	return state == "40P01" || state == "40001"
}

// IsUnreachable reports an error that no statement caused, so that a smaller batch would not fare
// better.
func IsUnreachable(err error) bool {
	state, _ := postgres.Constraint(err)
	if state == "" {
		return true
	}
	switch state[:2] {
	case "08", "53", "57", "58": // connection, resources, operator, system
		return true
	}
	return state == "25006" || state == "0A000" // read-only, in recovery
}

// Unavailable gives the fault for an error of Send; a connection that was lost midway is one, too.
func Unavailable(err error) error {
	if IsUnreachable(err) {
		return postgres.ErrUnavailable.Because(err)
	}
	return postgres.Unavailable(err)
}
