package ticket

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// Erasure says of one past date whether its tickets were erased.
type Erasure struct {
	OccurrenceID uuid.UUID
	EndedAt      time.Time
	EraseAfter   time.Time
	// Erased is nil before EraseAfter, and false while the worker has not been round since.
	Erased *bool
	// Key is what became of the key for which contacts of the date were sealed; once it is destroyed, what old backups hold of them opens to nobody.
	Key KeyState
	// KeyDestroyedOn is nil unless it was destroyed.
	KeyDestroyedOn *clock.Date
}

// KeyState says of a date's key whether it is there.
type KeyState string

// The states of a date's key.
const (
	NoKey        KeyState = "none" // nobody could leave a contact
	KeyKept      KeyState = "kept"
	KeyDestroyed KeyState = "destroyed"
)

// Erasures gives the past dates of a listed event, the latest first and 500 at most; event.ErrUnknown for any other event. How many tickets there were
// is not told.
func (s *Service) Erasures(ctx context.Context, eventID uuid.UUID) ([]Erasure, error) {
	listed, dates, err := s.store.erasures(ctx, eventID)
	if err == nil && !listed {
		err = event.ErrUnknown
	}
	return dates, err
}
