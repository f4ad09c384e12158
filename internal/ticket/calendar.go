package ticket

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Followed is what the private calendar of a ticket shows: times and states, not a word of what it is about.
type Followed struct {
	TicketID         uuid.UUID
	Status           Status
	StartsAt, EndsAt time.Time
	Moved            bool // stands at another time than it was announced for
	Off              bool // the event or its date was cancelled
	Postponed        bool
	Sequence         int
	ModifiedAt       time.Time
}

// maxTurns is how often a holder can ask for another address.
const maxTurns = 30000

// StartCalendar turns the private calendar of a ticket on and gives its token. When it is on already the address becomes another one and the old one is
// dead. ErrUnknown when there is no such ticket, ErrCancelled when it is no longer active, ErrTurns when it was renewed too often.
func (s *Service) StartCalendar(ctx context.Context, code secret.Ticket) (secret.Calendar, error) {
	for range 3 { // another tab may have renewed it at the same moment
		t, err := s.Look(ctx, code)
		if err != nil {
			return secret.Calendar{}, err
		}
		switch {
		case !t.Status.Active():
			return secret.Calendar{}, fmt.Errorf("start calendar: %w", ErrCancelled)
		case t.calendarTurn >= maxTurns:
			return secret.Calendar{}, fmt.Errorf("start calendar: %w", ErrTurns)
		}
		token, err := code.Calendar(t.calendarTurn + 1)
		if err != nil {
			return secret.Calendar{}, fmt.Errorf("start calendar: %w", err)
		}
		done, err := s.setCalendar(ctx, code, t.calendarTurn+1, s.keys.CalendarMAC(token))
		if err != nil || done {
			return token, err
		}
	}
	return secret.Calendar{}, fmt.Errorf("start calendar: %w", ErrTooBusy)
}

// StopCalendar turns the private calendar off; its address is dead. ErrUnknown when there is no such ticket.
func (s *Service) StopCalendar(ctx context.Context, code secret.Ticket) error {
	done, err := s.setCalendar(ctx, code, 0, nil)
	if err == nil && !done {
		err = ErrUnknown
	}
	if err != nil {
		return fmt.Errorf("stop calendar: %w", err)
	}
	return nil
}

// Calendar gives the token of a ticket's private calendar, false when it is off.
func (t Ticket) Calendar(code secret.Ticket) (secret.Calendar, bool) {
	if !t.calendarOn {
		return secret.Calendar{}, false
	}
	token, err := code.Calendar(t.calendarTurn)
	return token, err == nil
}

func (s *Service) setCalendar(ctx context.Context, code secret.Ticket, turn int, calendarMAC []byte) (bool, error) {
	for _, mac := range s.keys.TicketMACs(code) {
		done, err := s.store.setCalendar(ctx, mac, turn, calendarMAC)
		if err != nil || done {
			return done, err
		}
	}
	return false, nil
}

// Follow gives what a private calendar shows; ErrUnknown when the token opens nothing, or not any more.
func (s *Service) Follow(ctx context.Context, token secret.Calendar) (Followed, error) {
	for _, mac := range s.keys.CalendarMACs(token) {
		f, err := s.store.followed(ctx, mac)
		if err == nil || !errors.Is(err, ErrUnknown) {
			return f, err
		}
	}
	return Followed{}, fmt.Errorf("follow ticket: %w", ErrUnknown)
}

func (s store) setCalendar(ctx context.Context, mac []byte, turn int, calendarMAC []byte) (done bool, err error) {
	batch := &pgx.Batch{}
	batch.Queue(sqlHolder, stamp(s.now()), hex.EncodeToString(mac))
	batch.Queue(`select ticket_calendar($1, $2::int::smallint, $3)`, mac, turn, calendarMAC).QueryRow(func(row pgx.Row) error { return row.Scan(&done) })
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return false, unavailable(fmt.Errorf("set calendar: %w", err))
	}
	return done, nil
}

func (s store) followed(ctx context.Context, mac []byte) (Followed, error) {
	var f Followed
	found := true
	batch := &pgx.Batch{}
	batch.Queue(sqlNow, stamp(s.now()), laneLockTimeout)
	batch.Queue(`select ticket_id, status, starts_at, ends_at, moved, off, postponed, sequence, modified_at from ticket_followed($1)`, mac).QueryRow(func(row pgx.Row) error {
		err := row.Scan(&f.TicketID, &f.Status, &f.StartsAt, &f.EndsAt, &f.Moved, &f.Off, &f.Postponed, &f.Sequence, &f.ModifiedAt)
		if errors.Is(err, pgx.ErrNoRows) {
			found = false
			return nil
		}
		return err
	})
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return Followed{}, unavailable(fmt.Errorf("follow ticket: %w", err))
	}
	if !found {
		return Followed{}, ErrUnknown
	}
	return f, nil
}
