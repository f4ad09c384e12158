package facilities

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
)

// ListHolidays lists the organization's own rules for the days of a year.
func (h *Handlers) ListHolidays(
	ctx context.Context,
	request api.ListHolidaysRequestObject,
) (api.ListHolidaysResponseObject, error) {
	all, err := h.Venues.Holidays(ctx, caller.Session(ctx).Organization.ID, request.Params.Year)
	if err != nil {
		return nil, err
	}
	out := api.ListHolidays200JSONResponse{Items: make([]api.Holiday, len(all))}
	for i, h := range all {
		out.Items[i] = holiday(h)
	}
	return out, nil
}
