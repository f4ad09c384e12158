package httpapi

import (
	"context"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/report"
)

// GetEventReport gives the frozen figures of an event.
func (f *face) GetEventReport(ctx context.Context, request api.GetEventReportRequestObject) (api.GetEventReportResponseObject, error) {
	e, err := f.Reports.Event(ctx, sessionOf(ctx).Organization.ID, request.EventID)
	if err != nil {
		return nil, err
	}
	out := api.GetEventReport200JSONResponse{EventID: e.ID, Title: e.Title, Dates: make([]api.DateReport, len(e.Dates))}
	for i, d := range e.Dates {
		out.Dates[i] = api.DateReport{
			OccurrenceID: d.OccurrenceID, StartsAt: tokyo(d.StartsAt), Registered: figureOrNull(d.Registered), Came: figureOrNull(d.Came),
			BrokenDownIn: d.BrokenDownIn, Breakdown: breakdown(d.Breakdown),
		}
	}
	return out, nil
}

func figure(f report.Figure) api.ReportFigure { return api.ReportFigure{Value: f.Value, Few: f.Few} }

func figureOrNull(f *report.Figure) *api.ReportFigure {
	if f == nil {
		return nil
	}
	shown := figure(*f)
	return &shown
}

func breakdown(questions []report.Breakdown) []api.ReportedQuestion {
	out := make([]api.ReportedQuestion, len(questions))
	for i, q := range questions {
		out[i] = api.ReportedQuestion{Question: api.Question(q.Question), Answers: make([]api.ReportedAnswer, len(q.Answers))}
		for j, a := range q.Answers {
			out[i].Answers[j] = api.ReportedAnswer{Answer: a.Answer, Figure: figure(a.Figure)}
		}
	}
	return out
}
