package text_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tonarimachi/tonarimachi/internal/text"
)

func TestLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in, want string
		ok       bool
	}{
		"plain":            {"  女子会　in 清瀬 ", "女子会　in 清瀬", true},
		"decomposed":       {"か\u3099", "が", true},
		"emoji joined":     {"👩\u200d👧", "👩\u200d👧", true},
		"variation":        {"葛\U000E0100飾", "葛\U000E0100飾", true},
		"line feed":        {"a\nb", "", false},
		"null":             {"a\x00b", "", false},
		"bidi override":    {"a\u202eb", "", false},
		"bidi isolate":     {"a\u2066b", "", false},
		"byte order mark":  {"\ufeffa", "", false},
		"zero width space": {"a\u200bb", "", false},
		"invalid UTF-8":    {"a\xffb", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := text.Line(c.in)
			if got != c.want || ok != c.ok {
				t.Errorf("Line(%q) = %q, %v, want %q, %v", c.in, got, ok, c.want, c.ok)
			}
		})
	}
}

func TestParagraphs(t *testing.T) {
	t.Parallel()
	got, ok := text.Paragraphs("一行目\r\n二行目\r三行目\n")
	if want := "一行目\n二行目\n三行目"; got != want || !ok {
		t.Errorf("Paragraphs = %q, %v, want %q", got, ok, want)
	}
	if _, ok := text.Paragraphs("a\u202eb"); ok {
		t.Error("a bidi override passed")
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a\u202eb")
	f.Add("か\u3099")
	f.Fuzz(func(t *testing.T, s string) {
		clean, ok := text.Line(s)
		if !ok {
			return
		}
		if !utf8.ValidString(clean) || strings.ContainsFunc(clean, text.Hidden) {
			t.Errorf("Line(%q) let %q through", s, clean)
		}
		if again, ok := text.Line(clean); !ok || again != clean {
			t.Errorf("Line is not stable on %q: %q", clean, again)
		}
	})
}
