package ticket

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

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
		return r.Secret, t, nil
	case "duplicate":
		return s.again(r, t)
	case "too_many":
		return secret.Ticket{}, Ticket{}, ErrTooManySeats.Field("seats", "too_big")
	}
	if refusal, ok := refusals[outcome]; ok {
		return secret.Ticket{}, Ticket{}, refusal
	}
	return secret.Ticket{}, Ticket{}, fmt.Errorf("understand outcome %q", outcome)
}

// LapseWaiting ends the wait of those for whom no promotion can come any more and gives how many there were. For the worker.
func LapseWaiting(ctx context.Context, db *postgres.DB) (int, error) {
	const atOnce = 1000
	total := 0
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

// wait gives ticket_wait's outcome and the ticket as it stands then.
func (s store) wait(ctx context.Context, r Request, id uuid.UUID, mac []byte) (outcome string, t Ticket, err error) {
	for attempt := 1; ; attempt++ {
		batch := &pgx.Batch{}
		batch.Queue(sqlHolder, stamp(s.now()), hex.EncodeToString(mac))
		batch.Queue(`select ticket_wait($1, $2, $3, $4, $5, $6::int::smallint, nullif($7, ''))`, r.EventID, r.QuotaID, string(r.Wait), id, mac, min(r.Seats, 1000), r.Nickname).
			QueryRow(func(row pgx.Row) error { return row.Scan(&outcome) })
		batch.Queue(sqlRead, mac).QueryRow(func(row pgx.Row) error {
			_, err := scan(row, &t)
			return err
		})
		err = s.pool.SendBatch(ctx, batch).Close()
		if err == nil {
			return outcome, t, nil
		}
		if attempt == 2 || !undone(err) {
			return "", Ticket{}, unavailable(fmt.Errorf("wait for a seat: %w", err))
		}
	}
}
