package ticket

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
)

// wait gives ticket_wait's outcome and the ticket as it stands then.
func (s store) wait(ctx context.Context, r Request, id uuid.UUID, mac []byte) (outcome string, t Ticket, err error) {
	args := []any{r.EventID, r.QuotaID, string(r.Wait), id, mac, min(r.Seats, 1000), r.sealed, orNull(r.askedAt)}
	err = s.change(ctx, mac, `select ticket_attempted($5, $8, ticket_wait(ticket_attempt($1, $5, $8), $2, $3, $4, $5, $6::int::smallint, nullif($7, '')))`, args, &outcome, &t)
	if err != nil {
		return "", Ticket{}, unavailable(fmt.Errorf("wait for a seat: %w", err))
	}
	return outcome, t, nil
}

func (s store) setCalendar(ctx context.Context, mac []byte, turn int, calendarMAC []byte) (done bool, err error) {
	batch := &pgx.Batch{}
	batch.Queue(sqlHolder, stamp(s.now()), hex.EncodeToString(mac))
	batch.Queue(`select ticket_calendar($1, $2::int::smallint, $3)`, mac, turn, calendarMAC).QueryRow(func(row pgx.Row) error { return row.Scan(&done) })
	if err := postgres.Send(ctx, s.pool, batch); err != nil {
		return false, unavailable(fmt.Errorf("set calendar: %w", err))
	}
	return done, nil
}

func (s store) followed(ctx context.Context, mac []byte) (Followed, error) {
	var f Followed
	found := true
	batch := &pgx.Batch{}
	batch.Queue(sqlNow, stamp(s.now()), laneLockTimeout)
	batch.Queue(`select ticket_id, status, starts_at, ends_at, moved, off, postponed, sequence, modified_at, still_coming, ticket_followed_until($1) from ticket_followed($1)`, mac).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&f.TicketID, &f.Status, &f.StartsAt, &f.EndsAt, &f.Moved, &f.Off, &f.Postponed, &f.Sequence, &f.ModifiedAt, &f.StillComing, &f.Until)
		if errors.Is(err, pgx.ErrNoRows) {
			found = false
			return nil
		}
		return err
	})
	if err := postgres.Send(ctx, s.pool, batch); err != nil {
		return Followed{}, unavailable(fmt.Errorf("follow ticket: %w", err))
	}
	if !found {
		return Followed{}, ErrUnknown
	}
	return f, nil
}
