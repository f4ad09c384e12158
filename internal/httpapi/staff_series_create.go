package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
)

// CreateSeries makes an event a series.
func (f *face) CreateSeries(ctx context.Context, request api.CreateSeriesRequestObject) (api.CreateSeriesResponseObject, error) {
	e, err := f.Events.CreateSeries(ctx, authorOf(ctx), request.EventID, seriesInput(request.Body))
	if err != nil {
		return nil, err
	}
	at := staffEventPath(request.Slug, e.ID)
	return api.CreateSeries201JSONResponse{Body: f.staffEvent(&e, f.Clock.Now()), Headers: api.CreateSeries201ResponseHeaders{Location: &at}}, nil
}
