package ticket

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

var reaches = []Reach{NoWait, WaitQuota, WaitAnyPart, WaitAnyDate}

// wait stands in line for r, which was told that the quota is full. A seat that came free meanwhile is taken at once.
func (s *Service) wait(ctx context.Context, r Request, id uuid.UUID, mac []byte) (secret.Ticket, Ticket, error) {
	outcome, t, err := s.store.wait(ctx, r, id, mac)
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	switch outcome {
	case "granted", "waiting":
		s.counted(r, t)
		return r.Secret, t, nil
	case "duplicate":
		return s.again(ctx, r, t)
	case "too_many":
		return secret.Ticket{}, Ticket{}, ErrTooManySeats.Field("seats", "too_big")
	}
	if refusal, ok := refusals[outcome]; ok {
		return secret.Ticket{}, Ticket{}, refusal
	}
	return secret.Ticket{}, Ticket{}, fmt.Errorf("understand outcome %q", outcome)
}

// LapseWaiting ends the offers whose time is over, so that their seats go to the next in line, and then the wait of those for whom no promotion can come any more. It gives how many
// there were. For the worker.
func LapseWaiting(ctx context.Context, db *postgres.DB) (int, error) {
	const atOnce = 1000
	total, err := lapseOffers(ctx, db)
	if err != nil {
		return total, err
	}
	for {
		var n int
		err := db.InWorker(ctx, func(tx *postgres.Tx) error {
			return tx.Pgx.QueryRow(ctx, `select ticket_lapse($1)`, atOnce).Scan(&n)
		})
		if err != nil {
			return total, fmt.Errorf("lapse waiting tickets: %w", err)
		}
		if total += n; n < atOnce {
			return total, nil
		}
	}
}
