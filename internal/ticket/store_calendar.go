package ticket

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/ticket/query"
)

const sqlFollowed = `
	select ticket_id, status, starts_at, ends_at, moved, off, postponed, sequence, modified_at, still_coming,
	  ticket_followed_until($1)
	from ticket_followed($1)`

// setCalendar stores the turn and the MAC of a ticket's private calendar; done is false when the
// ticket does not exist or is at another turn.
func (s store) setCalendar(ctx context.Context, mac []byte, turn int, calendarMAC []byte) (done bool, err error) {
	batch := &pgx.Batch{}
	s.Holder(batch, mac)
	const call = `select ticket_calendar($1, $2::int::smallint, $3)`
	batch.Queue(call, mac, turn, calendarMAC).QueryRow(func(row pgx.Row) error { return row.Scan(&done) })
	if err := s.Send(ctx, batch); err != nil {
		return false, query.Unavailable(fmt.Errorf("set calendar: %w", err))
	}
	return done, nil
}

// followed gives what the private calendar stored under mac shows.
func (s store) followed(ctx context.Context, mac []byte) (Followed, error) {
	var f Followed
	found := true
	batch := s.Anybody(s.Now())
	batch.Queue(sqlFollowed, mac).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&f.TicketID, &f.Status, &f.StartsAt, &f.EndsAt, &f.Moved, &f.Off, &f.Postponed, &f.Sequence,
			&f.ModifiedAt, &f.StillComing, &f.Until)
		if errors.Is(err, pgx.ErrNoRows) {
			found = false
			return nil
		}
		return err
	})
	if err := s.Send(ctx, batch); err != nil {
		return Followed{}, query.Unavailable(fmt.Errorf("follow ticket: %w", err))
	}
	if !found {
		return Followed{}, ErrUnknown
	}
	return f, nil
}
