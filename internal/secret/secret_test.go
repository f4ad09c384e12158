package secret_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

func newTicket(t testing.TB) secret.Ticket {
	t.Helper()
	ticket, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

func newToken(t testing.TB, slug string) secret.APIToken {
	t.Helper()
	token, err := secret.NewAPIToken(slug, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTicketKnownVector(t *testing.T) {
	t.Parallel()
	// 0x00 0x01 … 0x0f, packed five bits at a time, most significant first.
	ticket, err := secret.NewTicket(bytes.NewReader([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}))
	if err != nil {
		t.Fatal(err)
	}
	const want = "000G40R40M30E209185GR38E1W"
	if got := ticket.Reveal(); got != want {
		t.Errorf("Reveal = %s, want %s", got, want)
	}
	if got := ticket.Grouped(); got != "000G4-0R40M-30E20-9185G-R38E1W" {
		t.Errorf("Grouped = %s", got)
	}
}

func TestNewTicketNeedsRandomness(t *testing.T) {
	t.Parallel()
	if _, err := secret.NewTicket(strings.NewReader("short")); err == nil {
		t.Error("a short read made a code")
	}
	if _, err := secret.NewTicket(bytes.NewReader(make([]byte, 16))); err == nil {
		t.Error("sixteen zero bytes made a code")
	}
}

func TestParseTicketAsPeopleWriteIt(t *testing.T) {
	t.Parallel()
	const canonical = "000G40R40M30E209185GR38E1W"
	want, err := secret.ParseTicket(canonical)
	if err != nil {
		t.Fatal(err)
	}
	for name, typed := range map[string]string{
		"grouped":       "000G4-0R40M-30E20-9185G-R38E1W",
		"lower case":    "000g4-0r40m-30e20-9185g-r38e1w",
		"letters o i l": "OooG4-OR4oM-3OE2O-9l85G-R38EiW",
		"spaces":        "  000G4 0R40M\t30E20\n9185G　R38E1W ",
		"full width":    "０００Ｇ４－０Ｒ４０Ｍ－３０Ｅ２０－９１８５Ｇ－ｒ３８ｅ１ｗ",
		"long vowel":    "000G4ー0R40Mｰ30E20−9185G—R38E1W",
		"invisible":     "\ufeff000G4\u200b0R40M30E209185GR38E1W\u200f",
	} {
		got, err := secret.ParseTicket(typed)
		if err != nil || !got.Equal(want) || got.Reveal() != canonical {
			t.Errorf("%s: %q, %v", name, got.Reveal(), err)
		}
	}
}

func TestParseTicketRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		typed string
		want  *fault.Error
	}{
		"nothing":        {"", secret.ErrTicketEmpty},
		"only dashes":    {" - ー ", secret.ErrTicketEmpty},
		"too short":      {"000G40R40M30E209185GR38E1", secret.ErrTicketLength},
		"too long":       {"000G40R40M30E209185GR38E1W0", secret.ErrTicketLength},
		"huge":           {strings.Repeat("0", 1<<20), secret.ErrTicketLength},
		"U":              {"U00G40R40M30E209185GR38E1W", secret.ErrTicketCharacter},
		"kana":           {"ア00G40R40M30E209185GR38E1W", secret.ErrTicketCharacter},
		"symbol":         {"*00G40R40M30E209185GR38E1W", secret.ErrTicketCharacter},
		"padding bits":   {"000G40R40M30E209185GR38E1X", secret.ErrTicketMistyped},
		"padding bits 2": {"000G40R40M30E209185GR38E1Y", secret.ErrTicketMistyped},
		"all zero":       {strings.Repeat("0", 26), secret.ErrTicketMistyped},
		"invalid UTF-8":  {"\xff\xfe0G40R40M30E209185GR38E1W", secret.ErrTicketCharacter},
		"null byte":      {"\x0000G40R40M30E209185GR38E1W", secret.ErrTicketCharacter},
	} {
		got, err := secret.ParseTicket(tt.typed)
		if !errors.Is(err, tt.want) || !got.IsZero() {
			t.Errorf("%s: err = %v, want %v", name, err, tt.want)
		}
		if fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: kind = %v", name, fault.KindOf(err))
		}
	}
}

func FuzzParseTicket(f *testing.F) {
	f.Add("000G4-0R40M-30E20-9185G-R38E1W")
	f.Add("０００Ｇ４－０Ｒ４０Ｍ－３０Ｅ２０－９１８５Ｇ－ｒ３８ｅ１ｗ")
	f.Add("000G40R40M30E209185GR38E1X")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, typed string) {
		ticket, err := secret.ParseTicket(typed)
		if err != nil {
			if fault.KindOf(err) != fault.KindInvalid || !ticket.IsZero() {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		for _, spelling := range []string{ticket.Reveal(), ticket.Grouped()} {
			again, err := secret.ParseTicket(spelling)
			if err != nil || !again.Equal(ticket) {
				t.Fatalf("%q does not read back: %v", typed, err)
			}
		}
	})
}

func TestAPIToken(t *testing.T) {
	t.Parallel()
	token := newToken(t, "kita-ku")
	text := token.Reveal()
	if !strings.HasPrefix(text, "tnm_kita-ku_") || len(text) != len("tnm_kita-ku_")+26 {
		t.Fatalf("Reveal = %q", text)
	}
	back, err := secret.ParseAPIToken(text)
	if err != nil || !back.Equal(token) || back.Slug() != "kita-ku" {
		t.Errorf("ParseAPIToken = %v, %v", back.Slug(), err)
	}
	code := text[len(text)-26:]
	for _, bad := range []string{
		"",
		"tnm_",
		"tnm__" + code,
		"tnm_kita-ku" + code,
		"tnm_Kita_" + code,
		"tnm_-kita_" + code,
		"tnm_kita-_" + code,
		"xnm_kita_" + code,
		"tnm_kita_" + strings.ToLower("ABCDEFGHJKMNPQRSTVWXYZ0000"),
		"tnm_kita_" + code[1:],
		"tnm_kita_" + code + "0",
		" " + text,
		text + "\n",
		"tnm_kita_" + code[:25] + "X",
		"tnm_" + strings.Repeat("a", 64) + "_" + code,
		"tnm_kita_ku_" + code,
		"tnm_kita_" + strings.Repeat("0", 26),
		"tnm_北区_" + code, "tnm_kita_" + strings.Repeat("A", 1<<20),
	} {
		if got, err := secret.ParseAPIToken(bad); !errors.Is(err, secret.ErrToken) || !got.IsZero() {
			t.Errorf("%.80q was accepted: %v", bad, err)
		}
	}
	for _, slug := range []string{"", "A", "a_b", "-a", "a-", strings.Repeat("a", 64)} {
		if _, err := secret.NewAPIToken(slug, rand.Reader); err == nil {
			t.Errorf("slug %q was accepted", slug)
		}
	}
}

func FuzzParseAPIToken(f *testing.F) {
	f.Add("tnm_kita-ku_000G40R40M30E209185GR38E1W")
	f.Add("tnm__")
	f.Add("tnm_a_b_c")
	f.Fuzz(func(t *testing.T, s string) {
		token, err := secret.ParseAPIToken(s)
		if err != nil {
			if !errors.Is(err, secret.ErrToken) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if token.Reveal() != s {
			t.Fatalf("%q reads as %q", s, token.Reveal())
		}
	})
}

// Values must not leak however they are printed, alone or inside other values.
func TestNothingLeaksWhenPrinted(t *testing.T) {
	t.Parallel()
	ticket, token := newTicket(t), newToken(t, "kita")
	raw := []byte("0123456789abcdefghijklmnopqrstuv")
	keys, err := secret.NewKeys(raw)
	if err != nil {
		t.Fatal(err)
	}
	code := token.Reveal()[len("tnm_kita_"):]
	type inner struct {
		ticket secret.Ticket
		token  secret.APIToken
		keys   *secret.Keys
	}
	type outer struct {
		Ticket secret.Ticket
		Token  secret.APIToken
		Keys   *secret.Keys
		in     inner
	}
	value := outer{ticket, token, keys, inner{ticket, token, keys}}
	var out strings.Builder
	for _, v := range []any{
		ticket,
		&ticket,
		token,
		&token,
		keys,
		*keys,
		value,
		&value,
		[]secret.Ticket{ticket},
		map[string]any{"t": token},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%T"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		if b, err := json.Marshal(v); err == nil {
			out.Write(b)
		}
	}
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).Info("canary", "ticket", ticket, "token", token, "keys", keys, "all", value)
	}
	text := out.String()
	hexed := func(s string) []string {
		b := []byte(s)
		return []string{s, fmt.Sprintf("%x", b), fmt.Sprintf("%X", b), strings.Trim(fmt.Sprint(b), "[]")}
	}
	forbidden := append(hexed(ticket.Reveal()), hexed(code)...)
	forbidden = append(forbidden, hexed(string(raw))...)
	for _, plain := range [][]byte{secret.TicketBytes(ticket), secret.TokenBytes(token), secret.TicketKey(keys)} {
		forbidden = append(forbidden, hexed(string(plain))[1:]...)
		var goSyntax []string
		for _, b := range plain {
			goSyntax = append(goSyntax, fmt.Sprintf("%#x", b))
		}
		forbidden = append(forbidden, strings.Join(goSyntax, ", "))
	}
	for _, f := range forbidden {
		if strings.Contains(text, f) {
			t.Errorf("printing leaks %q", f)
		}
	}
	if !strings.Contains(text, "[ticket secret]") || !strings.Contains(text, "[api token]") ||
		!strings.Contains(text, "[secret keys]") {
		t.Error("the placeholders are missing: the test looked at nothing")
	}
}

func TestZeroValues(t *testing.T) {
	t.Parallel()
	var ticket secret.Ticket
	var token secret.APIToken
	if !ticket.IsZero() || ticket.Reveal() != "" || ticket.Grouped() != "" || ticket.Equal(secret.Ticket{}) {
		t.Error("the zero Ticket is something")
	}
	if !token.IsZero() || token.Reveal() != "" || token.Equal(secret.APIToken{}) {
		t.Error("the zero APIToken is something")
	}
}
