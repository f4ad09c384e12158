package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// DeleteSlot takes away a slot that nobody ever booked.
func (f *face) DeleteSlot(ctx context.Context, request api.DeleteSlotRequestObject) (api.DeleteSlotResponseObject, error) {
	if err := f.Events.DeleteSlot(ctx, authorOf(ctx), request.EventID, request.SlotID); err != nil {
		return nil, err
	}
	return api.DeleteSlot204Response{}, nil
}
