package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/contract"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// DecideMonth decides the dates of one month of a series.
func (h *Handlers) DecideMonth(
	ctx context.Context,
	request api.DecideMonthRequestObject,
) (api.DecideMonthResponseObject, error) {
	month, err := clock.ParseDate(request.Month + "-01")
	if err != nil {
		return nil, contract.ErrPath.Field("month", "invalid_format").Because(err)
	}
	choice := event.MonthChoice{Skipped: wire.Or(request.Body.Skipped)}
	for _, d := range wire.Or(request.Body.Dates) {
		choice.Dates = append(choice.Dates, clock.NewDate(d.Date()))
	}
	e, err := h.Events.DecideMonth(ctx, caller.Author(ctx), request.SeriesID, month, choice)
	if err != nil {
		return nil, err
	}
	return api.DecideMonth200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
