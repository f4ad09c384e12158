package httpapi

import (
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/api"
)

// docs/rounds.md is run block by block; between the third and the fourth the worker comes round.
func TestTheStepsOfTheGuideToRounds(t *testing.T) {
	t.Parallel()
	b := setup(t)
	h := b.newHall(t)
	server := httptest.NewServer(b.echo)
	defer server.Close()
	guide, err := os.ReadFile("../../docs/rounds.md")
	if err != nil {
		t.Fatal(err)
	}
	now := b.clock.Now()
	in := func(hours int) string { return now.Add(time.Duration(hours) * time.Hour).Format(time.RFC3339) }
	s := &shell{T: t, variables: map[string]string{
		"BASE":           server.URL,
		"BORROWER":       "bunkyo",
		"LENDER":         "toshima",
		"BORROWER_TOKEN": b.foreign,
		"LENDER_TOKEN":   b.publisher,
		"ROOM":           h.A.String(),
		"DAY":            b.bookingDay().String(),
		"FIRST":          b.bookingDay().AddDays(-5).String(),
		"LAST":           b.bookingDay().AddDays(30).String(),
		"OPENS":          in(0),
		"CLOSES":         in(1),
		"DRAWS":          in(2),
		"UNTIL":          in(3),
	}}
	blocks := shellBlock.FindAllStringSubmatch(string(guide), -1)
	if len(blocks) != 5 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for i, block := range blocks {
		if i == 3 {
			for range 2 {
				b.clock.Advance(time.Hour)
				b.runRounds(t, 1)
			}
		}
		for _, line := range strings.Split(strings.TrimSpace(block[1]), "\n") {
			if parts := assignment.FindStringSubmatch(line); parts != nil {
				s.variables[parts[1]] = s.jq(s.curl(parts[2]), parts[3])
				continue
			}
			s.curl(line)
		}
	}
	if !strings.Contains(s.file, s.variables["COMMITMENT"]) || !strings.Contains(s.file, `"outcome":"drawn"`) {
		t.Errorf("the draw is %s", s.file)
	}
	id, err := uuid.Parse(s.variables["APPLICATION"])
	if err != nil {
		t.Fatal(err)
	}
	a := must[api.Application](
		t,
		b,
		200,
		req{
			operation: "getApplication",
			auth:      bearer(b.foreign),
			path:      map[string]string{"slug": "bunkyo", "application_id": id.String()},
		},
	)
	if a.Status == nil || *a.Status != "requested" {
		t.Errorf("at the end: %+v", a)
	}
}
