package reports

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/tonarimachi/tonarimachi/api"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/httpapi/caller"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/text"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

// GetYearReportCSV gives the sums of a fiscal year as a table.
func (h *Handlers) GetYearReportCSV(
	ctx context.Context,
	request api.GetYearReportCSVRequestObject,
) (api.GetYearReportCSVResponseObject, error) {
	y, err := h.Reports.Year(ctx, caller.Session(ctx).Organization.ID, request.Year)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := h.WriteYear(ctx, &b, y); err != nil {
		return nil, err
	}
	return api.GetYearReportCSV200TextCsvResponse{Body: &b, ContentLength: int64(b.Len())}, nil
}

// WriteYear writes one line a figure, the organization's total last.
func (h *Handlers) WriteYear(ctx context.Context, into io.Writer, y report.Year) error {
	towns, err := h.townNames(ctx, y)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(into, "\ufeff"); err != nil { // without it spreadsheets take UTF-8 for CP932
		return fmt.Errorf("write report: %w", err)
	}
	w := csv.NewWriter(into)
	w.UseCRLF = true
	t := yearTable{words: h.Labels.T, towns: towns, year: strconv.Itoa(y.Year)}
	lines := [][]string{t.heading()}
	for _, e := range y.Events {
		lines = append(lines, t.lines(e.Title, e.Owner.Name, e.Figures)...)
	}
	lines = append(lines, t.lines(h.Labels.T("report.total", nil), "", y.Total)...)
	for _, line := range lines {
		for i := range line {
			line[i] = text.Cell(line[i])
		}
	}
	if err := w.WriteAll(lines); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

// townNames gives the names of the towns that stand in a report, those that left among them; their
// code where nothing else is known.
func (h *Handlers) townNames(ctx context.Context, y report.Year) (map[string]string, error) {
	towns := map[string]string{}
	for _, figures := range append([]report.YearEvent{{Figures: y.Total}}, y.Events...) {
		for _, b := range figures.Breakdown {
			for _, a := range b.Answers {
				if b.Question != event.AskHome || a.Answer == ticket.Elsewhere || a.Answer == report.Unknown ||
					towns[a.Answer] != "" {
					continue
				}
				o, err := h.Organizations.ByCode(ctx, a.Answer)
				if err != nil && !errors.Is(err, organization.ErrNotFound) {
					return nil, err
				}
				towns[a.Answer] = cmp.Or(o.Name, a.Answer)
			}
		}
	}
	return towns, nil
}

// yearTable words the lines of a year.
type yearTable struct {
	words func(id string, params map[string]any) string
	towns map[string]string
	year  string
}

func (t yearTable) heading() []string {
	var cells []string
	for _, c := range []string{"year", "event", "owner", "item", "answer", "value", "in_band"} {
		cells = append(cells, t.words("report.column."+c, nil))
	}
	return cells
}

func (t yearTable) lines(title, owner string, f report.Figures) [][]string {
	var all [][]string
	add := func(item, answer, value, few string) {
		all = append(all, []string{t.year, title, owner, item, answer, value, few})
	}
	figure := func(item, answer string, f report.Figure) {
		add(item, answer, strconv.Itoa(f.Value), strconv.Itoa(f.Few))
	}
	add(t.words("report.item.dates", nil), "", strconv.Itoa(f.Dates), "")
	figure(t.words("report.item.registered", nil), "", f.Registered)
	figure(t.words("report.item.came", nil), "", f.Came)
	for _, q := range f.Breakdown {
		for _, a := range q.Answers {
			figure(t.words("label.question."+string(q.Question), nil), t.answer(q, a.Answer), a.Figure)
		}
	}
	if f.Outside != nil {
		figure(t.words("report.item.outside", nil), "", *f.Outside)
	}
	if f.OutsidePercent != nil {
		add(t.words("report.item.outside_percent", nil), "", strconv.Itoa(*f.OutsidePercent), "")
	}
	return all
}

func (t yearTable) answer(q report.Breakdown, answer string) string {
	if town, ok := t.towns[answer]; ok && answer != ticket.Elsewhere {
		return town
	}
	if answer == report.Unknown {
		return t.words("label.answer.unknown", nil)
	}
	return t.words("label.answer."+string(q.Question)+"_"+answer, nil)
}
