package text_test

import (
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/text"
)

// [S16] What a spreadsheet would compute comes with an apostrophe, and nothing is lost on the way
// back.
func TestCell(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"": "", "お茶の会": "お茶の会", "a=b": "a=b", "'": "'", "'a": "'a", " =1": " =1",
		"=1+1":            "'=1+1",
		"+81-3-0000-0000": "'+81-3-0000-0000",
		"-12.5":           "'-12.5",
		"@x":              "'@x",
		"\t=1":            "'\t=1",
		"\r=1":            "'\r=1",
		"\n=1":            "'\n=1",
		"＝1":              "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x", "'=1": "''=1", "''＝1": "'''＝1",
	} {
		if got := text.Cell(s); got != want {
			t.Errorf("Cell(%q) = %q, want %q", s, got, want)
		}
		if back := text.Uncell(text.Cell(s)); back != s {
			t.Errorf("%q comes back as %q", s, back)
		}
	}
	for s, want := range map[string]string{"'=1": "=1", "'a": "'a", "'": "'", "": ""} { // of other programs
		if got := text.Uncell(s); got != want {
			t.Errorf("Uncell(%q) = %q, want %q", s, got, want)
		}
	}
}
