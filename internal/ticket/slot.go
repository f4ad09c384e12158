package ticket

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// ChangeSlots takes further slots for a ticket and gives others back, all or none. Sent twice it
// changes nothing the second time. It fails with ErrUnknown, ErrNoSlots, ErrNotConfirmed,
// ErrSlotNotHeld, ErrLastSlot, ErrSlotUnknown, ErrSlotFull, ErrSlotClosed, ErrSlotPast,
// ErrSlotWalkIn, ErrSlotsOverlap, ErrSlotsTwoDates, ErrTooManySlots, ErrSlotChange, ErrOtherWay,
// ErrNotAccepting, ErrNotOpen or ErrClosed; the fields name the slots to blame.
func (s *Service) ChangeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (Ticket, error) {
	t, err := s.changeSlots(ctx, code, take, giveBack)
	if err != nil {
		return Ticket{}, fmt.Errorf("change slots: %w", err)
	}
	return t, nil
}

func (s *Service) changeSlots(ctx context.Context, code secret.Ticket, take, giveBack []uuid.UUID) (Ticket, error) {
	switch {
	case code.IsZero():
		return Ticket{}, ErrUnknown
	case len(take)+len(giveBack) == 0:
		return Ticket{}, ErrSlotChange.Field("take", "required")
	case max(len(take), len(giveBack)) > MostSlots:
		return Ticket{}, ErrTooManySlots.With("max", MostSlots)
	}
	for _, mac := range s.keys.TicketMACs(code) {
		v, t, err := s.store.changeSlots(ctx, mac, distinct(take), distinct(giveBack))
		switch {
		case err != nil:
			return Ticket{}, err
		case v.outcome == changed:
			return t.opened(code), nil
		case v.outcome == unknownTicket:
			continue
		}
		return Ticket{}, v.refuse(func(slot uuid.UUID) string {
			if at := slices.Index(giveBack, slot); at >= 0 {
				return "give_back." + strconv.Itoa(at)
			}
			// A slot that the ticket holds may be in the way of what is wanted: blame the first.
			return "take." + strconv.Itoa(max(0, slices.Index(take, slot)))
		})
	}
	return Ticket{}, ErrUnknown
}
