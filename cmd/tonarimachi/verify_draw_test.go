package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The example of docs/lottery.md.
const exampleDraw = "../../docs/lottery-example.json"

func TestVerifyDraw(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(exampleDraw)
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	for name, c := range map[string]struct {
		from, to string
		args     []string
		out, err string
	}{
		"as told":           {out: "comes out as told: 6 numbers"},
		"with my number":    {args: []string{"--number", "4V5K8T2M9QXRB6HW"}, out: "4V5K8T2M9QXRB6HW was drawn as number"},
		"with my note":      {args: []string{"--commitment", strings.Repeat("0", 64)}, out: "not the one that was promised", err: "does not come out"},
		"number not on it":  {args: []string{"--number", "0000000000000000"}, err: "not on its list"},
		"a loser wins":      {from: `"outcome": "not_drawn"`, to: `"outcome": "confirmed"`, out: "Place", err: "does not come out"},
		"another list":      {from: "4V5K8T2M9QXRB6HW 2", to: "4V5K8T2M9QXRB6HW 1", out: "not the one that was published", err: "does not come out"},
		"before the draw":   {from: `"state": "drawn"`, to: `"state": "closed"`, err: "nothing to verify"},
		"after the erasure": {from: `"erased": false`, to: `"erased": true`, err: "nothing to verify"},
		"something else":    {from: "{", to: "[", err: "not a draw"},
	} {
		text := good
		if c.from != "" {
			if text = strings.Replace(good, c.from, c.to, 1); text == good {
				t.Fatalf("%s: nothing was changed", name)
			}
		}
		file := filepath.Join(t.TempDir(), "draw.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, from := range []string{file, "-"} {
			var out strings.Builder
			err := run(t.Context(), terminal{in: strings.NewReader(text), out: &out, err: &out}, append([]string{"verify-draw", from}, c.args...))
			if !strings.Contains(out.String(), c.out) || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %q, %v", name, out.String(), err)
			}
		}
	}
}
