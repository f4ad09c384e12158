package ticket

import (
	"context"
	"errors"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// maxTurns is how often a holder can ask for another address.
const maxTurns = 30000

// StartCalendar turns the private calendar of a ticket on and gives its token. When it is on
// already the address becomes another one and the old one is dead. ErrUnknown when there is no such
// ticket, ErrCancelled when it is no longer active, ErrTurns when it was renewed too often.
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

// StopCalendar turns the private calendar off; its address is dead. ErrUnknown when there is no
// such ticket.
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

// Follow gives what a private calendar shows; ErrUnknown when the token opens nothing, or not any
// more.
func (s *Service) Follow(ctx context.Context, token secret.Calendar) (Followed, error) {
	for _, mac := range s.keys.CalendarMACs(token) {
		f, err := s.store.followed(ctx, mac)
		if err == nil || !errors.Is(err, ErrUnknown) {
			return f, err
		}
	}
	return Followed{}, fmt.Errorf("follow ticket: %w", ErrUnknown)
}
