package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// ChangeSlot closes or opens a slot, keeps it for walk-ins, or changes how many parties fit.
func (h *Handlers) ChangeSlot(
	ctx context.Context,
	request api.ChangeSlotRequestObject,
) (api.ChangeSlotResponseObject, error) {
	by := caller.Author(ctx)
	s, err := h.Events.ChangeSlot(
		ctx,
		by,
		request.EventID,
		request.SlotID,
		event.SlotChange{Closed: request.Body.Closed, WalkIn: request.Body.WalkIn, Parties: request.Body.Parties},
	)
	if err != nil {
		return nil, err
	}
	e, err := h.Events.ForStaff(ctx, by.Organization, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.ChangeSlot200JSONResponse(eventjson.StaffSlot(&s, eventjson.PartsOf(&e)[s.PartID], h.Clock.Now())), nil
}
