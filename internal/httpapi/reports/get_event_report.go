package reports

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
)

// GetEventReport gives the figures of an event, which no longer change.
func (h *Handlers) GetEventReport(
	ctx context.Context,
	request api.GetEventReportRequestObject,
) (api.GetEventReportResponseObject, error) {
	e, err := h.Reports.Event(ctx, caller.Session(ctx).Organization.ID, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.GetEventReport200JSONResponse{EventID: e.ID, Title: e.Title, Dates: make([]api.DateReport, len(e.Dates))}
	for i, d := range e.Dates {
		out.Dates[i] = api.DateReport{
			OccurrenceID: d.OccurrenceID,
			StartsAt:     wire.Tokyo(d.StartsAt),
			Registered:   figureOrNull(d.Registered),
			Came:         figureOrNull(d.Came),
			BrokenDownIn: d.BrokenDownIn,
			Breakdown:    breakdown(d.Breakdown),
		}
	}
	return out, nil
}
