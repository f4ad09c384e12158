package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

// SetHoliday says whether the organization observes a day as a holiday.
func (h *Handlers) SetHoliday(
	ctx context.Context,
	request api.SetHolidayRequestObject,
) (api.SetHolidayResponseObject, error) {
	day, err := h.Venues.SetHoliday(
		ctx,
		caller.Author(ctx),
		venue.LocalHoliday{Day: wire.CivilDate(request.Day), Name: request.Body.Name, Observed: request.Body.Observed},
	)
	if err != nil {
		return nil, err
	}
	return api.SetHoliday200JSONResponse(holiday(day)), nil
}
