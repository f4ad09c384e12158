package schedule

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/eventjson"
)

// ChangeSeries gives a series another rule or template.
func (h *Handlers) ChangeSeries(
	ctx context.Context,
	request api.ChangeSeriesRequestObject,
) (api.ChangeSeriesResponseObject, error) {
	e, err := h.Events.ChangeSeries(ctx, caller.Author(ctx), request.SeriesID, eventjson.SeriesInput(request.Body))
	if err != nil {
		return nil, err
	}
	return api.ChangeSeries200JSONResponse(h.View.Staff(&e, h.Clock.Now())), nil
}
