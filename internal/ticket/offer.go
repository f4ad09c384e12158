package ticket

import (
	"context"
	"fmt"

	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// Confirm says yes: to an offer, which makes the ticket a confirmed one, or to the question whether one is still coming. Saying it twice, or unasked, changes
// nothing and gives the ticket.
//
// It fails with ErrUnknown, with ErrOfferLapsed when the offer's time is over (the seats are the next one's by then), with ErrNothingAsked for a ticket that
// still waits or was not drawn, with ErrCancelled, and with ErrOver once the part has ended.
func (s *Service) Confirm(ctx context.Context, code secret.Ticket) (Ticket, error) {
	if code.IsZero() {
		return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrUnknown)
	}
	for _, mac := range s.keys.TicketMACs(code) {
		outcome, t, err := s.store.confirm(ctx, mac)
		switch {
		case err != nil:
			return Ticket{}, err
		case outcome == "confirmed":
			if err := s.confirm(ctx); err != nil { // it may have been so already
				return Ticket{}, fmt.Errorf("confirm ticket: %w", err)
			}
			return t.opened(code), nil
		case outcome == "lapsed":
			s.lane(t.QuotaID).soldOuts.forget(place{t.EventID, t.QuotaID})
			return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrOfferLapsed)
		case outcome == "waiting":
			return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrNothingAsked)
		case outcome == "cancelled":
			return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrCancelled)
		case outcome == "over":
			return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrOver)
		}
	}
	return Ticket{}, fmt.Errorf("confirm ticket: %w", ErrUnknown)
}

// AskStillComing asks those who hold seats that others wait for, from two days before the start on and by day, whether they are still coming, and gives how many
// were asked. Each ticket is asked once; no answer never loses the seat. For the worker.
func AskStillComing(ctx context.Context, db *postgres.DB) (n int, err error) {
	err = db.InWorker(ctx, func(tx *postgres.Tx) error {
		n, err = askStillComing(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("ask who is still coming: %w", err)
	}
	return n, nil
}

// lapseOffers goes on until none is due, a quota at a time.
func lapseOffers(ctx context.Context, db *postgres.DB) (total int, err error) {
	for {
		n := 0
		err := db.InWorker(ctx, func(tx *postgres.Tx) (err error) {
			n, err = lapseOffersOfOne(ctx, tx)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("lapse offers: %w", err)
		}
		if n == 0 {
			return total, nil
		}
		total += n
	}
}
