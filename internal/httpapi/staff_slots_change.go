package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// ChangeSlot closes or opens a slot, keeps it for walk-ins, or changes how many parties fit.
func (f *face) ChangeSlot(ctx context.Context, request api.ChangeSlotRequestObject) (api.ChangeSlotResponseObject, error) {
	by := authorOf(ctx)
	s, err := f.Events.ChangeSlot(ctx, by, request.EventID, request.SlotID, event.SlotChange{Closed: request.Body.Closed, WalkIn: request.Body.WalkIn, Parties: request.Body.Parties})
	if err != nil {
		return nil, err
	}
	e, err := f.Events.ForStaff(ctx, by.Organization, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.ChangeSlot200JSONResponse(staffSlot(&s, partsOf(&e)[s.PartID], f.Clock.Now())), nil
}
