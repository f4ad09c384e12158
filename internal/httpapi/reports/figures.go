package reports

import (
	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/report"
)

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
		out[i] = api.ReportedQuestion{
			Question: api.Question(q.Question),
			Answers:  make([]api.ReportedAnswer, len(q.Answers)),
		}
		for j, a := range q.Answers {
			out[i].Answers[j] = api.ReportedAnswer{Answer: a.Answer, Figure: figure(a.Figure)}
		}
	}
	return out
}
