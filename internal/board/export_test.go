package board

import (
	"context"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// NearTimes is how many times Near gives at most.
const NearTimes = nearTimes

// Held is the context in which a service reads.
func Held(ctx context.Context, s *Service) (context.Context, error) { return s.held(ctx) }

// ReadBoard reads a board in a transaction of the test's.
func ReadBoard(ctx context.Context, s *Service, tx *postgres.Tx, q Query) (Board, error) {
	return s.readBoard(ctx, tx, q)
}
