package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// LayOutSlots makes slots by a plan.
func (f *face) LayOutSlots(ctx context.Context, request api.LayOutSlotsRequestObject) (api.LayOutSlotsResponseObject, error) {
	b, by := request.Body, authorOf(ctx)
	slots, err := f.Events.LayOutSlots(ctx, by, request.EventID, request.OccurrenceID, request.PartID, event.SlotPlan{
		Booths: b.BoothIds, Together: or(b.Together), From: b.From, To: b.To, Minutes: b.Minutes, Pause: or(b.PauseMinutes), Parties: or(b.Parties),
		WalkIns: or(b.WalkIns), Replace: or(b.Replace),
	})
	if err != nil {
		return nil, err
	}
	e, err := f.Events.ForStaff(ctx, by.Organization, request.EventID)
	if err != nil {
		return nil, err
	}
	return api.LayOutSlots201JSONResponse(f.staffSlots(&e, slots)), nil
}
