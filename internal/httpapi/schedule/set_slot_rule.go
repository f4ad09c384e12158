package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// SetSlotRule sets how many slots of a part one ticket may have, and how far apart.
func (h *Handlers) SetSlotRule(
	ctx context.Context,
	request api.SetSlotRuleRequestObject,
) (api.SetSlotRuleResponseObject, error) {
	rule := event.SlotRule{MaxSlots: request.Body.MaxPerTicket, GapMinutes: request.Body.GapMinutes}
	rule, err := h.Events.SetSlotRule(
		ctx,
		caller.Author(ctx),
		request.EventID,
		request.OccurrenceID,
		request.PartID,
		rule,
	)
	if err != nil {
		return nil, err
	}
	return api.SetSlotRule200JSONResponse{MaxPerTicket: rule.MaxSlots, GapMinutes: rule.GapMinutes}, nil
}
