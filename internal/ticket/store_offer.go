package ticket

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// confirm gives ticket_confirm's outcome and the ticket as it stands then.
func (s store) confirm(ctx context.Context, mac []byte) (outcome string, t Ticket, err error) {
	if err := s.change(ctx, mac, `select ticket_confirm($1)`, []any{mac}, &outcome, &t); err != nil {
		return "", Ticket{}, unavailable(fmt.Errorf("confirm ticket: %w", err))
	}
	return outcome, t, nil
}

func askStillComing(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select ticket_ask_still_coming()`).Scan(&n)
	return n, err
}

func lapseOffersOfOne(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select ticket_lapse_offers()`).Scan(&n)
	return n, err
}
