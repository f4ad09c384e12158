package staff

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// MemberOperator finds a member by address as the operator; ErrNotFound.
func (s *Service) MemberOperator(ctx context.Context, organizationID uuid.UUID, email string) (Member, error) {
	email = lowerEmail(email)
	if !possibleEmail(email) {
		return Member{}, ErrNotFound
	}
	var found Member
	err := s.db.InOperator(ctx, func(tx *postgres.Tx) (err error) {
		found, _, err = memberByEmail(tx, organizationID, email)
		return err
	})
	if err != nil {
		return Member{}, fmt.Errorf("find staff: %w", err)
	}
	return found, nil
}
