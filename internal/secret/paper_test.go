package secret_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

func TestPaperCode(t *testing.T) {
	t.Parallel()
	p, err := secret.NewPaper(rand.Reader)
	if err != nil || !regexp.MustCompile(`^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(p.Reveal()) {
		t.Fatalf("%q, %v", p.Reveal(), err)
	}
	if shown := fmt.Sprintf("%v %+v %#v %s %x", p, p, p, p, p); strings.Contains(shown, p.Reveal()) {
		t.Error("fmt shows the code")
	}
	for _, typed := range []string{"O1IL-2345-6789", "０１１１２３４５６７８９", " o1il 2345 6789 ", "011123456789"} {
		if c, err := secret.ParsePaper(typed); err != nil || c.Reveal() != "0111-2345-6789" {
			t.Errorf("%q reads as %q, %v", typed, c.Reveal(), err)
		}
	}
	for _, typed := range []string{
		"",
		"0111-2345-678",
		"0111-2345-67890",
		"U111-2345-6789",
		"紙の番号です",
		strings.Repeat(" ", 500) + "011123456789",
		"\xff11123456789",
	} {
		if _, err := secret.ParsePaper(typed); !errors.Is(err, secret.ErrPaper) {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if _, err := secret.NewPaper(strings.NewReader("short")); err == nil {
		t.Error("a short read made a code")
	}
	if _, err := secret.NewPaper(strings.NewReader(strings.Repeat("a", 99))); err == nil {
		t.Error("a broken source made a code")
	}
	k := newKeys(t, rawKey(t))
	if len(k.PaperMAC(p)) != 32 || len(k.PaperMACs(p)) != 1 {
		t.Error("no MAC")
	}
}
