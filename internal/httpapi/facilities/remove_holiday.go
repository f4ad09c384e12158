package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// RemoveHoliday removes the organization's own rule for a day.
func (h *Handlers) RemoveHoliday(
	ctx context.Context,
	request api.RemoveHolidayRequestObject,
) (api.RemoveHolidayResponseObject, error) {
	if err := h.Venues.RemoveHoliday(ctx, caller.Author(ctx), wire.CivilDate(request.Day)); err != nil {
		return nil, err
	}
	return api.RemoveHoliday204Response{}, nil
}
