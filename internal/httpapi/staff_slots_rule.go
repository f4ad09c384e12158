package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// SetSlotRule says how the slots of a part may be put together.
func (f *face) SetSlotRule(ctx context.Context, request api.SetSlotRuleRequestObject) (api.SetSlotRuleResponseObject, error) {
	rule := event.SlotRule{MaxSlots: request.Body.MaxPerTicket, GapMinutes: request.Body.GapMinutes}
	rule, err := f.Events.SetSlotRule(ctx, authorOf(ctx), request.EventID, request.OccurrenceID, request.PartID, rule)
	if err != nil {
		return nil, err
	}
	return api.SetSlotRule200JSONResponse{MaxPerTicket: rule.MaxSlots, GapMinutes: rule.GapMinutes}, nil
}
