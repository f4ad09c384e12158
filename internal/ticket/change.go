package ticket

import (
	"context"
	"errors"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Cancel gives the seats back, forgets the nickname and gives the cancelled ticket. It fails with
// ErrUnknown, with ErrOver once the part has ended and with ErrCancelled when the ticket is no
// longer active.
func (s *Service) Cancel(ctx context.Context, code secret.Ticket) (Ticket, error) {
	if code.IsZero() {
		return Ticket{}, fmt.Errorf("cancel ticket: %w", ErrUnknown)
	}
	for _, mac := range s.keys.TicketMACs(code) {
		switch o, t, err := s.store.cancel(ctx, mac); {
		case err != nil:
			return Ticket{}, err
		case o == cancelled:
			s.granter.Freed(t.EventID, t.QuotaID)
			return t, nil
		case o != unknown:
			return Ticket{}, fmt.Errorf("cancel ticket: %w", o.refuse(0))
		}
	}
	return Ticket{}, fmt.Errorf("cancel ticket: %w", ErrUnknown)
}

// Confirm says yes: to an offer, which makes the ticket a confirmed one, or to the question whether
// one is still coming. Saying it twice, or unasked, changes nothing and gives the ticket.
//
// It fails with ErrUnknown, with ErrOfferLapsed when the offer's time is over (the seats are the
// next one's by then), with ErrNothingAsked for a ticket that still waits or was not drawn, with
// ErrCancelled, and with ErrOver once the part has ended.
func (s *Service) Confirm(ctx context.Context, code secret.Ticket) (Ticket, error) {
	if code.IsZero() {
		return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrUnknown)
	}
	for _, mac := range s.keys.TicketMACs(code) {
		switch o, t, err := s.store.confirm(ctx, mac); {
		case err != nil:
			return Ticket{}, err
		case o == confirmed:
			if err := s.confirm(ctx); err != nil { // it may have been so already
				return Ticket{}, fmt.Errorf("confirm ticket: %w", err)
			}
			return t.opened(code), nil
		case o == unknown:
			continue
		default:
			if o == lapsed {
				s.granter.Freed(t.EventID, t.QuotaID)
			}
			return Ticket{}, fmt.Errorf("confirm ticket: %w", o.refuse(0))
		}
	}
	return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrUnknown)
}

// Rotate gives the ticket a new secret; the old one is worth nothing from that moment. ErrUnknown
// when the old one has no ticket.
func (s *Service) Rotate(ctx context.Context, code secret.Ticket) (secret.Ticket, Ticket, error) {
	fresh, err := secret.NewTicket(s.random)
	if err != nil {
		return secret.Ticket{}, Ticket{}, fmt.Errorf("rotate ticket: %w", err)
	}
	t, err := s.RotateTo(ctx, code, fresh)
	if err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	return fresh, t, nil
}

// RotateTo is Rotate to a secret that the caller made. Sent again it gives the same ticket, so that
// a lost answer loses nothing. ErrUnknown when neither secret has a ticket, ErrPayloadDiffers when
// next is the old secret or has another ticket.
func (s *Service) RotateTo(ctx context.Context, code, next secret.Ticket) (Ticket, error) {
	t, err := s.rotateTo(ctx, code, next)
	if err != nil {
		return Ticket{}, fmt.Errorf("rotate ticket: %w", err)
	}
	return t, nil
}

func (s *Service) rotateTo(ctx context.Context, code, next secret.Ticket) (Ticket, error) {
	switch {
	case code.IsZero() || next.IsZero():
		return Ticket{}, ErrUnknown
	case code.Reveal() == next.Reveal():
		return Ticket{}, ErrPayloadDiffers
	}
	number, err := next.DrawNumber()
	if err != nil {
		return Ticket{}, err
	}
	now, err := s.Look(ctx, code)
	if errors.Is(err, ErrUnknown) {
		return s.rotated(ctx, next)
	}
	if err != nil {
		return Ticket{}, err
	}
	sealed, err := next.SealText(now.Nickname)
	if err != nil {
		return Ticket{}, err
	}
	for _, mac := range s.keys.TicketMACs(code) {
		done, t, err := s.store.rotate(ctx, mac, s.keys.TicketMAC(next), number, sealed)
		if postgres.Violates(err, "ticket_secret_mac_key") {
			return Ticket{}, ErrPayloadDiffers
		}
		if err != nil {
			return Ticket{}, err
		}
		if done {
			return t.opened(next), nil
		}
	}
	return s.rotated(ctx, next) // by the same request, at this moment
}

// rotated answers a rotation that was done already: whoever knows the next secret holds the ticket.
func (s *Service) rotated(ctx context.Context, next secret.Ticket) (Ticket, error) {
	t, err := s.Look(ctx, next)
	if err != nil {
		return Ticket{}, err
	}
	return t, s.confirm(ctx)
}
