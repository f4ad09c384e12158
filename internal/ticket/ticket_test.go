package ticket

import (
	"errors"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

func TestCleanNickname(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want, field string }{
		"none":               {"", "", ""},
		"only spaces":        {" 　 ", "", ""},
		"trimmed":            {"　はな ", "はな", ""},
		"composed":           {"か\u3099", "が", ""},
		"inner space":        {"山の うさぎ", "山の うさぎ", ""},
		"emoji joined":       {"👩\u200d👧", "👩\u200d👧", ""},
		"twenty":             {strings.Repeat("あ", 20), strings.Repeat("あ", 20), ""},
		"twenty decomposed":  {strings.Repeat("か\u3099", 20), strings.Repeat("が", 20), ""},
		"twenty-one":         {strings.Repeat("あ", 21), "", "too_long"},
		"ten thousand":       {strings.Repeat("あ", 10_000), "", "too_long"},
		"line feed":          {"a\nb", "", "invalid_characters"},
		"null":               {"a\x00b", "", "invalid_characters"},
		"bidi override":      {"a\u202eb", "", "invalid_characters"},
		"bidi isolate":       {"a\u2066b", "", "invalid_characters"},
		"right-to-left mark": {"a\u200fb", "", "invalid_characters"},
		"unassigned":         {"a\u0378b", "", "invalid_characters"},
		"private use":        {"a\ue000b", "", "invalid_characters"},
		"invalid UTF-8":      {"a\xffb", "", "invalid_characters"},
		"only a joiner":      {"\u200d", "", "invalid_characters"},
		"only a mark":        {"\u0301", "", "invalid_characters"},
		"hangul filler":      {"\u3164", "", "invalid_characters"},
		"braille blank":      {"\u2800", "", "invalid_characters"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := CleanNickname(c.in)
			if c.field == "" {
				if got != c.want || err != nil {
					t.Errorf("CleanNickname = %q, %v, want %q", got, err, c.want)
				}
				return
			}
			f, ok := fault.As(err)
			if !ok || !errors.Is(err, ErrNickname) || len(f.Fields) != 1 || f.Fields[0].Name != "nickname" ||
				f.Fields[0].Code != c.field {
				t.Errorf("CleanNickname = %q, %#v, want %s", got, err, c.field)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	t.Parallel()
	for s, want := range map[Status][2]bool{ // holds seats, can be cancelled
		Confirmed: {true, true},
		Waiting:   {false, true},
		Offered:   {true, true},
		Lapsed:    {false, false},
		Cancelled: {false, false},
	} {
		if got := [2]bool{s.HoldsSeats(), s.Active()}; got != want {
			t.Errorf("%s: %v, want %v", s, got, want)
		}
	}
}
