package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
)

// DecideMonth decides the dates of one month of a series.
func (f *face) DecideMonth(ctx context.Context, request api.DecideMonthRequestObject) (api.DecideMonthResponseObject, error) {
	month, err := clock.ParseDate(request.Month + "-01")
	if err != nil {
		return nil, errPath.Field("month", "invalid_format").Because(err)
	}
	choice := event.MonthChoice{Skipped: or(request.Body.Skipped)}
	for _, d := range or(request.Body.Dates) {
		choice.Dates = append(choice.Dates, clock.NewDate(d.Date()))
	}
	e, err := f.Events.DecideMonth(ctx, authorOf(ctx), request.SeriesID, month, choice)
	if err != nil {
		return nil, err
	}
	return api.DecideMonth200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
