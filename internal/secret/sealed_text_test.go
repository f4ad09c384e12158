package secret_test

import (
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/secret"
)

func TestOnlyTheCodeOpensAText(t *testing.T) {
	t.Parallel()
	code, other := newTicket(t), newTicket(t)
	seen := map[string]bool{}
	for _, text := range []string{"そら", "そら", "あ", strings.Repeat("𠮷", 20)} {
		sealed, err := code.SealText(text)
		if err != nil || len(sealed) != secret.SealedTextChars || strings.Contains(sealed, text) || seen[sealed] {
			t.Fatalf("%q is sealed as %q, %v", text, sealed, err)
		}
		seen[sealed] = true
		if got, err := code.OpenText(sealed); err != nil || got != text {
			t.Errorf("opened: %q, %v, want %q", got, err, text)
		}
		broken := []byte(sealed)
		broken[30] ^= 1
		for what, try := range map[string]func() (string, error){
			"another code": func() (string, error) { return other.OpenText(sealed) },
			"a bit off":    func() (string, error) { return code.OpenText(string(broken)) },
			"cut":          func() (string, error) { return code.OpenText(sealed[:40]) },
			"no code":      func() (string, error) { return secret.Ticket{}.OpenText(sealed) },
			"plain":        func() (string, error) { return code.OpenText(text) },
		} {
			if got, err := try(); err == nil || got != "" {
				t.Errorf("%s opens %q as %q", what, text, got)
			}
		}
	}
	if sealed, err := code.SealText(""); err != nil || sealed != "" {
		t.Errorf("nothing is sealed as %q, %v", sealed, err)
	}
	if _, err := code.SealText(strings.Repeat("a", secret.MaxSealedText+1)); err == nil {
		t.Error("a text that is too long is cut in silence")
	}
}
