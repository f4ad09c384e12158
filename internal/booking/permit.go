package booking

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Permit gives a booking whose permit (使用許可書) may be printed. ErrUnknown, ErrNoPermit.
func (s *Service) Permit(ctx context.Context, organization, id uuid.UUID) (Booking, error) {
	d, err := s.Get(ctx, organization, id)
	if err != nil {
		return Booking{}, err
	}
	if d.PermitNumber == "" || d.Status != Confirmed && d.Status != Done {
		return Booking{}, fmt.Errorf("print permit: %w", ErrNoPermit)
	}
	return d.Booking, nil
}
