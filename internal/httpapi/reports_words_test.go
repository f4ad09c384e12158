package httpapi

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/report"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// [C4] A town that left keeps its name in the table of a year, and what is no town any more its
// code; [S16] no cell is a formula, whatever its width.
func TestYearTableNamesTownsThatLeft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	owner := testkit.Open(t, postgres.Options{URL: b.OwnerURL, Operator: 1, Clock: b.clock})
	operator := organization.NewService(owner, organization.NewOperatorDirectory(owner))
	if _, err := operator.Close(t.Context(), "bunkyo"); err != nil {
		t.Fatal(err)
	}
	figures := report.Figures{
		Breakdown: []report.Breakdown{
			{
				Question: event.AskHome,
				Answers: []report.Answer{
					{Answer: "131059"},
					{Answer: "011002"},
					{Answer: "elsewhere"},
					{Answer: report.Unknown},
				},
			},
		},
	}
	y := report.Year{Year: 2026, Total: figures, Events: []report.YearEvent{
		{
			Figures: figures,
			Title:   "＝HYPERLINK(1)",
			Owner:   organization.Ref{Name: "＠団体"},
		},
		{Figures: figures, Title: "\t=1"},
		{Figures: figures, Title: "\r=1"},
		{Figures: figures, Title: "－1"},
		{Figures: figures, Title: "+1"},
	}}
	f := newHandlers(b.options, nil)
	var out bytes.Buffer
	if err := f.WriteYear(t.Context(), &out, y); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, line := range lines {
		for i, cell := range line {
			if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
				t.Errorf("a formula: %q", cell)
			}
			if strings.Contains(cell, "申し訳") || strings.Contains(cell, "もう一度") {
				t.Errorf("an apology is a figure's name: %q", cell)
			}
			if i == 4 {
				found[cell] = true
			}
		}
	}
	if !found["文京区"] || !found["011002"] || !found["そのほかの市区町村"] {
		t.Errorf("towns: %v", found)
	}
}
