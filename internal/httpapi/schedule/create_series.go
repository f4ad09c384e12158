package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// CreateSeries makes an event a series.
func (h *Handlers) CreateSeries(
	ctx context.Context,
	request api.CreateSeriesRequestObject,
) (api.CreateSeriesResponseObject, error) {
	e, err := h.Events.CreateSeries(ctx, caller.Author(ctx), request.EventID, eventjson.SeriesInput(request.Body))
	if err != nil {
		return nil, err
	}
	at := eventjson.StaffEventPath(request.Slug, e.ID)
	return api.CreateSeries201JSONResponse{
		Body:    h.View.Staff(&e, h.Clock.Now()),
		Headers: api.CreateSeries201ResponseHeaders{Location: &at},
	}, nil
}
