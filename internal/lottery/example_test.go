package lottery_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/lottery"
)

// What docs/lottery.md shows is what is drawn.
func TestTheDocumentsExampleIsRight(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/lottery-example.json")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/lottery.md")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Part       string `json:"part_id"`
		Commitment string
		Digest     string `json:"list_digest"`
		List, Seed string
		Entries    []struct {
			Number, Outcome string
			Quota           string `json:"quota_id"`
			Seats           int
		}
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	c := lottery.Claim{Draw: d.Part, Commitment: d.Commitment, List: d.List, Digest: d.Digest, Seed: d.Seed}
	rest := string(page)
	for _, row := range []string{
		"| seed | `" + d.Seed + "` |",
		"| commitment | `" + d.Commitment + "` |",
		"| digest | `" + d.Digest + "` |",
	} {
		if !strings.Contains(rest, row) {
			t.Errorf("the page lacks %s", row)
		}
	}
	for _, e := range d.Entries {
		o := lottery.Outcome{Number: e.Number}
		if e.Outcome == "confirmed" {
			o.Pool = e.Quota
		}
		c.Outcomes = append(c.Outcomes, o)
		_, after, found := strings.Cut(rest, "`"+e.Number+"` |")
		if !found || !strings.HasPrefix(after[strings.Index(after, "|")+1:], " "+e.Outcome+" |") {
			t.Errorf("the page lacks %s, %s, in its place", e.Number, e.Outcome)
		}
		rest = after
	}
	if faults := c.Faults(); faults != nil {
		t.Errorf("the example does not come out as told: %v", faults)
	}
}
