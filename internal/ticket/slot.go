package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

// HeldSlot is a slot on a ticket.
type HeldSlot struct {
	ID               uuid.UUID
	PartID           uuid.UUID
	StartsAt, EndsAt time.Time
}

// Slots gives the slots that the ticket holds, by time; its QuotaID then counts the tickets of the part. A cancelled ticket holds none.
func (t Ticket) Slots() []HeldSlot {
	if t.slots == nil {
		return nil
	}
	return *t.slots
}

// MostSlots bounds what one request may name; a part's rule permits fewer.
const MostSlots = 20

// holdsJust reports whether the ticket holds the slots of r and no others; a cancelled one has forgotten which it held.
func (t Ticket) holdsJust(r Request) bool {
	if t.Status == Cancelled {
		return t.bySlots
	}
	wanted := r.slots()
	return len(wanted) == len(t.Slots()) && !slices.ContainsFunc(t.Slots(), func(h HeldSlot) bool { return !slices.Contains(wanted, h.ID) })
}

func (r Request) slots() []uuid.UUID { return distinct(append([]uuid.UUID{r.QuotaID}, r.Slots...)) }

func distinct(ids []uuid.UUID) []uuid.UUID {
	all := append([]uuid.UUID{}, ids...)
	slices.SortFunc(all, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(all)
}

// takeSlots takes the slots of r, all or none, past the lanes: slots are many and each has few places.
func (s *Service) takeSlots(ctx context.Context, r Request, ownSecret bool) (secret.Ticket, Ticket, error) {
	if len(r.Slots) >= MostSlots {
		return secret.Ticket{}, Ticket{}, ErrTooManySlots.With("max", MostSlots)
	}
	if r.Seats > 1 {
		return secret.Ticket{}, Ticket{}, ErrTooManySeats.With("max", 1).Field("seats", "too_large", "max", 1) // one party a slot
	}
	if r.Secret.IsZero() {
		var err error
		if r.Secret, err = secret.NewTicket(s.random); err != nil {
			return secret.Ticket{}, Ticket{}, err
		}
	} else if t, err := s.readOlder(ctx, r.Secret); err == nil {
		return s.again(ctx, r, t)
	} else if !errors.Is(err, ErrUnknown) {
		return secret.Ticket{}, Ticket{}, err
	}
	var err error
	if r.sealed, err = r.Secret.SealText(r.Nickname); err != nil {
		return secret.Ticket{}, Ticket{}, err
	}
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return secret.Ticket{}, Ticket{}, fmt.Errorf("make id: %w", err)
	}
	// Goes on when the caller leaves, as an application does: slots that nobody can give back would stay taken.
	going, stop := context.WithTimeout(context.WithoutCancel(ctx), applyLimit)
	defer stop()
	mac := s.keys.TicketMAC(r.Secret)
	v, t, err := s.store.takeSlots(going, r, id, mac)
	switch {
	case err != nil:
		return secret.Ticket{}, Ticket{}, err
	case v.outcome == "granted":
		if gone := ctx.Err(); gone != nil && ownSecret {
			_, _, err := s.store.cancel(going, mac)
			return secret.Ticket{}, Ticket{}, errors.Join(postgres.Unavailable(gone), err)
		}
		s.counted(r, t)
		return r.Secret, t, nil
	case v.outcome == "duplicate":
		return s.again(ctx, r, t)
	case v.outcome == "unknown" && len(r.Slots) == 0:
		return secret.Ticket{}, Ticket{}, ErrOtherWay // the quota is there, and no slot
	}
	return secret.Ticket{}, Ticket{}, v.refusal(func(slot uuid.UUID) string {
		if at := slices.Index(r.Slots, slot); at >= 0 {
			return "slot_ids." + strconv.Itoa(at)
		}
		return "quota_id"
	})
}

// ChangeSlots takes further slots for a ticket and gives others back, all or none. Sent twice it changes nothing the second time. It fails with ErrUnknown,
// ErrNoSlots, ErrNotConfirmed, ErrSlotNotHeld, ErrLastSlot, ErrSlotUnknown, ErrSlotFull, ErrSlotClosed, ErrSlotPast, ErrSlotWalkIn, ErrSlotsOverlap,
// ErrSlotsTwoDates, ErrTooManySlots, ErrSlotChange, ErrOtherWay, ErrNotAccepting, ErrNotOpen or ErrClosed; the fields name the slots to blame.
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
		case v.outcome == "changed":
			return t.opened(code), nil
		case v.outcome == "unknown_ticket":
			continue
		}
		return Ticket{}, v.refusal(func(slot uuid.UUID) string {
			if at := slices.Index(giveBack, slot); at >= 0 {
				return "give_back." + strconv.Itoa(at)
			}
			return "take." + strconv.Itoa(max(0, slices.Index(take, slot))) // one that the ticket holds is in the way of what is wanted
		})
	}
	return Ticket{}, ErrUnknown
}

// slotVerdict is what ticket_take_slots and ticket_change_slots say.
type slotVerdict struct {
	outcome string
	at      []uuid.UUID // the slots to blame
	most    int         // slots at most on a ticket
}

var slotRefusals = map[string]*fault.Error{
	"unknown":       ErrSlotUnknown,
	"full":          ErrSlotFull,
	"slot_closed":   ErrSlotClosed,
	"slot_past":     ErrSlotPast,
	"walk_in":       ErrSlotWalkIn,
	"overlap":       ErrSlotsOverlap,
	"two_dates":     ErrSlotsTwoDates,
	"too_many":      ErrTooManySlots,
	"not_held":      ErrSlotNotHeld,
	"last":          ErrLastSlot,
	"no_slots":      ErrNoSlots,
	"not_confirmed": ErrNotConfirmed,
}

// refusal names the slots to blame by where the caller wrote them.
func (v slotVerdict) refusal(name func(uuid.UUID) string) error {
	refusal, ok := slotRefusals[v.outcome]
	if !ok {
		if refusal, ok = refusals[v.outcome]; !ok {
			return fmt.Errorf("understand verdict %q", v.outcome)
		}
	}
	if v.outcome == "too_many" {
		refusal = refusal.With("max", v.most)
	}
	for _, slot := range v.at {
		refusal = refusal.Field(name(slot), "slot_not_available")
	}
	return refusal
}
