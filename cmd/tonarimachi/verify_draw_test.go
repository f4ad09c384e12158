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
		"as told": {out: "comes out as told: 6 numbers"},
		"with my number": {
			args: []string{"--number", "4V5K8T2M9QXRB6HW"},
			out:  "4V5K8T2M9QXRB6HW was drawn as number",
		},
		"with my note": {
			args: []string{"--commitment", strings.Repeat("0", 64)},
			out:  "not the one that was promised",
			err:  "does not come out",
		},
		"number not on it": {args: []string{"--number", "0000000000000000"}, err: "not on its list"},
		"a loser wins": {
			from: `"outcome": "not_drawn"`,
			to:   `"outcome": "confirmed"`,
			out:  "Place",
			err:  "does not come out",
		},
		"another list": {
			from: "4V5K8T2M9QXRB6HW 2",
			to:   "4V5K8T2M9QXRB6HW 1",
			out:  "not the one that was published",
			err:  "does not come out",
		},
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
			err := run(
				t.Context(),
				terminal{in: strings.NewReader(text), out: &out, err: &out},
				append([]string{"verify-draw", from}, c.args...),
			)
			if !strings.Contains(out.String(), c.out) || (err == nil) != (c.err == "") ||
				err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %q, %v", name, out.String(), err)
			}
		}
	}
}

// The example of docs/rounds.md: a hall and its halves, a number that was withdrawn, a wish that
// was struck.
func TestVerifyDrawOfRooms(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/rounds-example.json")
	if err != nil {
		t.Fatal(err)
	}
	good := string(raw)
	const afternoon = "0c1d2e3f-4a5b-4c6d-8e7f-901234567890:20270410T1300-20270410T1700"
	for name, c := range map[string]struct {
		from, to string
		args     []string
		out, err string
	}{
		"as told": {out: "comes out as told: 6 numbers"},
		"with my number": {
			args: []string{"--number", "0N7C3FZ5YE1RTKQ8"},
			out:  "0N7C3FZ5YE1RTKQ8 was drawn as number 4 of 6: drawn for " + afternoon,
		},
		"with my note": {
			args: []string{"--commitment", strings.Repeat("0", 64)},
			out:  "not the one that was promised",
			err:  "does not come out",
		},
		"number not on it": {args: []string{"--number", "0000000000000000"}, err: "not on its list"},
		"not withdrawn": {
			from: `"outcome": "withdrawn"`,
			to:   `"outcome": "not_drawn"`,
			out:  "Place 1",
			err:  "does not come out",
		},
		// it was given to one before
		"nothing was struck": {
			from: "\"struck\": [\n        \"" + afternoon + "\"\n      ]",
			to:   `"struck": []`,
			out:  "",
			err:  "",
		},
		"a winner is struck": {
			from: `"struck": [],` + "\n      \"pool\": \"" + afternoon,
			to:   `"struck": ["` + afternoon + `"],` + "\n      \"pool\": \"" + afternoon,
			out:  "Place 4",
			err:  "does not come out",
		},
		"a half of the whole": {
			from: `takes 0c1d2e3f-4a5b-4c6d-8e7f-901234567890:20270410T0900-20270410T1200 30121905`,
			to:   `takes 0c1d2e3f-4a5b-4c6d-8e7f-901234567890:20270410T0900-20270410T1200 30121906`,
			out:  "not the one that was published", err: "does not come out",
		},
		"before the draw": {
			from: `"seed": "9a6335bbcb279efd44caee08673a14df07219ca8871e1551bbf75cd1aea94957"`,
			to:   `"seed": null`,
			err:  "nothing to verify",
		},
		"another round": {
			from: `"round_id": "5b`,
			to:   `"round_id": "6b`,
			out:  "of another draw",
			err:  "does not come out",
		},
	} {
		text := good
		if c.from != "" {
			if text = strings.Replace(good, c.from, c.to, 1); text == good {
				t.Fatalf("%s: nothing was changed", name)
			}
		}
		var out strings.Builder
		err := run(
			t.Context(),
			terminal{in: strings.NewReader(text), out: &out, err: &out},
			append([]string{"verify-draw", "-"}, c.args...),
		)
		if !strings.Contains(out.String(), c.out) || (err == nil) != (c.err == "") ||
			err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v", name, out.String(), err)
		}
	}
}
