package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// LayOutSlots makes slots by a plan.
func (h *Handlers) LayOutSlots(
	ctx context.Context,
	request api.LayOutSlotsRequestObject,
) (api.LayOutSlotsResponseObject, error) {
	b, by := request.Body, caller.Author(ctx)
	slots, err := h.Events.LayOutSlots(ctx, by, request.EventID, request.OccurrenceID, request.PartID, event.SlotPlan{
		Booths:   b.BoothIds,
		Together: wire.Or(b.Together),
		From:     b.From,
		To:       b.To,
		Minutes:  b.Minutes,
		Pause:    wire.Or(b.PauseMinutes),
		Parties:  wire.Or(b.Parties),
		WalkIns:  wire.Or(b.WalkIns),
		Replace:  wire.Or(b.Replace),
	})
	if err != nil {
		return nil, err
	}
	e, err := h.Events.ForStaff(ctx, by.Organization, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.LayOutSlots201JSONResponse(h.staffSlots(&e, slots)), nil
}
