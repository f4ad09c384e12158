package ticket

import (
	"context"
	"errors"
	"strconv"
)

// hideDraft tells who asks for seats of an event that nobody outside may see the same as who asks for seats that never were. Refusals that only a listed event can get,
// those of a rush among them, are told as they are.
func (s *Service) hideDraft(ctx context.Context, r Request, refusal error) error {
	switch {
	case len(r.Slots) > 0:
		if errors.Is(refusal, ErrSlotUnknown) || errors.Is(refusal, ErrSlotFull) {
			return refusal
		}
	case errors.Is(refusal, ErrNotNeeded), errors.Is(refusal, ErrOtherWay), errors.Is(refusal, ErrNotAccepting):
	default:
		return refusal
	}
	listed, err := s.store.listed(ctx, r.EventID)
	switch {
	case err != nil:
		return err
	case listed:
		return refusal
	case len(r.Slots) == 0:
		return ErrQuotaUnknown
	}
	unknown := ErrSlotUnknown
	for i := range r.Slots {
		unknown = unknown.Field("slot_ids."+strconv.Itoa(i), "slot_not_available")
	}
	return unknown
}
