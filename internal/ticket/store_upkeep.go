package ticket

import (
	"context"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// lapseBatch is how many waiting tickets lapse in one transaction.
const lapseBatch = 1000

// lapseOffers ends the offers of one quota whose time is over and gives how many there were.
func lapseOffers(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select ticket_lapse_offers()`).Scan(&n)
	return n, err
}

// lapseWaiting ends the wait of up to lapseBatch tickets that can't be promoted any more.
func lapseWaiting(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select ticket_lapse($1)`, lapseBatch).Scan(&n)
	return n, err
}

func askStillComing(ctx context.Context, tx *postgres.Tx) (n int, err error) {
	err = tx.Pgx.QueryRow(ctx, `select ticket_ask_still_coming()`).Scan(&n)
	return n, err
}
