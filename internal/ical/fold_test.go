package ical

import (
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	t.Parallel()
	a := func(n int) string { return strings.Repeat("a", n) }
	tests := map[string]struct{ in, want string }{
		"short":                    {"abc", "abc\r\n"},
		"empty":                    {"", "\r\n"},
		"exactly 75":               {a(75), a(75) + "\r\n"},
		"76":                       {a(76), a(75) + "\r\n a\r\n"},
		"continuations have 74":    {a(75 + 74 + 1), a(75) + "\r\n " + a(74) + "\r\n a\r\n"},
		"character at the edge":    {a(74) + "あ", a(74) + "\r\n あ\r\n"},
		"character that just fits": {a(72) + "あb", a(72) + "あ\r\n b\r\n"},
		"emoji at the edge":        {a(72) + "🎉b", a(72) + "\r\n 🎉b\r\n"},
		"escape at the edge":       {a(74) + `\,b`, a(74) + "\r\n " + `\,b` + "\r\n"},
		"escape that just fits":    {a(73) + `\,b`, a(73) + `\,` + "\r\n b\r\n"},
		"escaped backslash":        {a(73) + `\\\nb`, a(73) + `\\` + "\r\n " + `\nb` + "\r\n"},
		"odd escapes":              {a(74) + `\\\n`, a(74) + "\r\n " + `\\\n` + "\r\n"},
		"lone backslash at end":    {a(75) + `\`, a(75) + "\r\n \\\r\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := string(appendFolded(nil, tt.in)); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Escapes and characters of every width, moved one octet at a time past the edge.
func TestFoldAtEveryOffset(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{`\,`, `\;`, `\\`, `\n`, "é", "あ", "🎉", `\\\,`, `あ\n🎉`} {
		for pad := range 160 {
			in := "DESCRIPTION:" + strings.Repeat("x", pad) + strings.Repeat(unit, 60)
			folded := appendFolded(nil, in)
			checkLines(t, folded)
			if got := strings.Join(unfold(string(folded)), "\n"); got != in {
				t.Fatalf("unit %q pad %d: unfolds to %q", unit, pad, got)
			}
		}
	}
}

// The checker itself must bite, or the tests that trust it say nothing.
func TestLineFaultsBite(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{
		"split escape":         "A:" + `x\` + "\r\n ,y\r\n",
		"split later":          "A:x\r\n " + `\\\` + "\r\n ny\r\n",
		"76 octets":            strings.Repeat("a", 76) + "\r\n",
		"split character":      "A:\xe3\r\n \x81\x82\r\n",
		"bare line feed":       "A:x\ny\r\n",
		"no CRLF at the end":   "A:x",
		"carriage return":      "A:x\ry\r\n",
		"bidirectional":        "A:x\u202Ey\r\n",
		"empty line":           "A:x\r\n\r\nB:y\r\n",
		"escape over 2 spaces": "A:x\r\n  " + `\` + "\r\n ny\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if len(lineFaults([]byte(bad))) == 0 {
				t.Errorf("lineFaults accepts %q", bad)
			}
		})
	}
}
