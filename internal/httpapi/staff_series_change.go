package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// ChangeSeries gives a series another rule or template.
func (f *face) ChangeSeries(ctx context.Context, request api.ChangeSeriesRequestObject) (api.ChangeSeriesResponseObject, error) {
	e, err := f.Events.ChangeSeries(ctx, authorOf(ctx), request.SeriesID, seriesInput(request.Body))
	if err != nil {
		return nil, err
	}
	return api.ChangeSeries200JSONResponse(f.staffEvent(&e, f.Clock.Now())), nil
}
