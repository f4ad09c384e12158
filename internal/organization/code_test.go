package organization_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
)

// Codes of 総務省's list.
var realCodes = []string{
	"131016",
	"131024",
	"131059",
	"131067",
	"131164",
	"131211",
	"131237",
	"132012",
	"132039",
	"132128",
	"132152",
	"132209",
	"132217",
	"132276",
	"133035",
	"134210",
	"010006",
	"011002",
	"041009",
	"271004",
	"473821",
	"130001",
}

func TestValidCode(t *testing.T) {
	t.Parallel()
	for _, code := range realCodes {
		if !organization.ValidCode(code) {
			t.Errorf("%s is refused", code)
		}
		for d := byte('0'); d <= '9'; d++ {
			if wrong := code[:5] + string(d); wrong != code && organization.ValidCode(wrong) {
				t.Errorf("%s has a second check digit: %s", code, wrong)
			}
		}
	}
	for _, code := range []string{
		"",
		"13101",
		"1310166",
		"13101６",
		"13101a",
		" 131016",
		"131016\n",
		"-31016",
		"131061",
	} {
		if organization.ValidCode(code) {
			t.Errorf("%q is accepted", code)
		}
	}
}

func TestNormalizeCode(t *testing.T) {
	t.Parallel()
	for _, code := range realCodes {
		if got, err := organization.NormalizeCode(code); got != code || err != nil {
			t.Errorf("NormalizeCode(%s) = %q, %v", code, got, err)
		}
		// Five digits mean it, alone or beside a northern code of the same digits; never silently
		// another.
		switch got, err := organization.NormalizeCode(code[:5]); {
		case err == nil && got != code, err != nil && !errors.Is(err, organization.ErrCodeAmbiguous):
			t.Errorf("NormalizeCode(%s) = %q, %v; want %s", code[:5], got, err, code)
		case !slices.Contains(organization.CodeReadings(code[:5]), code):
			t.Errorf("CodeReadings(%s) misses %s", code[:5], code)
		}
	}
	for written, want := range map[string]string{
		"13116": "131164", "１３１０１６": "131016", "　131016 ": "131016", "131 016": "131016", "１３１１６": "131164",
		"11002": "011002", "10006": "010006", "41009": "041009", "01100": "011002", "1100": "011002", "47382": "473821",
	} {
		if got, err := organization.NormalizeCode(written); got != want || err != nil {
			t.Errorf("NormalizeCode(%q) = %q, %v; want %s", written, got, err, want)
		}
	}
	if got, err := organization.NormalizeCode("13102"); !errors.Is(err, organization.ErrCodeAmbiguous) {
		t.Errorf("13102 is 中央区 or 013102, but was read as %q, %v", got, err)
	}
	if got := organization.CodeReadings("13102"); !slices.Equal(got, []string{"131024", "013102"}) {
		t.Errorf("CodeReadings(13102) = %v", got)
	}
	for _, written := range []string{
		"", " ", "東京都", "131017", "13-1016", "000001", "00000", "48000", "990000", "138000", "13050", "1",
		"1310166", "+13116", "13116.0", "\xff", strings.Repeat("1", 1<<20),
	} {
		if got, err := organization.NormalizeCode(written); fault.KindOf(err) != fault.KindInvalid || got != "" {
			t.Errorf("NormalizeCode(%.20q) = %q, %v", written, got, err)
		}
	}
}

func FuzzNormalizeCode(f *testing.F) {
	for _, s := range []string{"131016", "13116", "１３１０１６", "11002", "13102", "1100", " ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, written string) {
		code, err := organization.NormalizeCode(written)
		if err != nil {
			if fault.KindOf(err) != fault.KindInvalid || code != "" {
				t.Fatalf("refused with %q, %v", code, err)
			}
			return
		}
		if !organization.ValidCode(code) {
			t.Fatalf("%q became %q, which is no code", written, code)
		}
		if again, err := organization.NormalizeCode(code); err != nil || again != code {
			t.Fatalf("%q does not read back: %q, %v", code, again, err)
		}
	})
}
