package ticket

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/event"
)

// Erasure says of one past date whether its tickets were erased.
type Erasure struct {
	OccurrenceID uuid.UUID
	EndedAt      time.Time
	EraseAfter   time.Time
	// Erased is nil before EraseAfter, and false while the worker has not been round since.
	Erased *bool
}

// Erasures gives the past dates of a listed event, the latest first and 500 at most; event.ErrUnknown for any other event. How many tickets there were
// is not told.
func (s *Service) Erasures(ctx context.Context, eventID uuid.UUID) ([]Erasure, error) {
	listed, dates, err := s.store.erasures(ctx, eventID)
	if err == nil && !listed {
		err = event.ErrUnknown
	}
	return dates, err
}
