package reports

import (
	"context"

	"github.com/oapi-codegen/runtime/types"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/wire"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/report"
)

// GetYearReport gives the sums of a fiscal year.
func (h *Handlers) GetYearReport(
	ctx context.Context,
	request api.GetYearReportRequestObject,
) (api.GetYearReportResponseObject, error) {
	y, err := h.Reports.Year(ctx, caller.Session(ctx).Organization.ID, request.Year)
	if err != nil {
		return nil, err
	}
	out := api.GetYearReport200JSONResponse{
		Year:   y.Year,
		From:   types.Date{Time: y.From.Start()},
		To:     types.Date{Time: y.To.Start()},
		Events: make([]api.YearEvent, len(y.Events)),
		Total:  yearFigures(y.Total),
	}
	for i, e := range y.Events {
		out.Events[i] = api.YearEvent{
			YearFigures: yearFigures(e.Figures),
			EventID:     e.ID,
			Title:       e.Title,
			Owner:       wire.Refs([]organization.Ref{e.Owner})[0],
		}
	}
	return out, nil
}

func yearFigures(f report.Figures) api.YearFigures {
	return api.YearFigures{
		Dates:           f.Dates,
		Registered:      figure(f.Registered),
		Came:            figure(f.Came),
		DatesBrokenDown: f.DatesBrokenDown,
		Breakdown:       breakdown(f.Breakdown),
		Outside:         figureOrNull(f.Outside),
		OutsidePercent:  f.OutsidePercent,
	}
}
