package secret_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/secret"
)

func rawKey(t testing.TB) []byte {
	t.Helper()
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return b
}

func newKeys(t testing.TB, raw ...[]byte) *secret.Keys {
	t.Helper()
	k, err := secret.NewKeys(raw...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	raw := bytes.Repeat([]byte{0xfb, 0xef, 0xff, 1}, 8) // gives + and / in base64
	ticket := newTicket(t)
	want := newKeys(t, raw).TicketMAC(ticket)
	for name, text := range map[string]string{
		"hex":           hex.EncodeToString(raw),
		"HEX":           strings.ToUpper(hex.EncodeToString(raw)),
		"base64":        base64.StdEncoding.EncodeToString(raw),
		"base64 raw":    base64.RawStdEncoding.EncodeToString(raw),
		"base64url":     base64.URLEncoding.EncodeToString(raw),
		"base64url raw": base64.RawURLEncoding.EncodeToString(raw),
		"spaced":        "  " + hex.EncodeToString(raw) + " ",
	} {
		k, err := secret.ParseKeys(text)
		if err != nil || !bytes.Equal(k.TicketMAC(ticket), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := hex.EncodeToString(raw)
	for name, text := range map[string]string{
		"nothing":     "",
		"short":       hex.EncodeToString(raw[:31]),
		"prose":       "please change me to something secret!",
		"zeroes":      strings.Repeat("00", 32),
		"second bad":  good + ",zz!",
		"empty after": good + ",",
	} {
		_, err := secret.ParseKeys(text)
		if err == nil {
			t.Errorf("%s was accepted", name)
		} else if text != "" && strings.Contains(err.Error(), strings.TrimSuffix(text, ",")) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
	if _, err := secret.NewKeys(); err == nil {
		t.Error("no key at all was accepted")
	}
}

func TestPurposesAreSeparated(t *testing.T) {
	t.Parallel()
	k := newKeys(t, rawKey(t))
	message := []byte("same message")
	seen := map[string]secret.Purpose{}
	for _, p := range []secret.Purpose{
		secret.PurposeTicket,
		secret.PurposeToken,
		secret.PurposeCursor,
		secret.PurposeLink,
		secret.PurposeForm,
	} {
		sum := k.MAC(p, message)
		if other, ok := seen[string(sum)]; ok {
			t.Errorf("%q and %q share a key", p, other)
		}
		seen[string(sum)] = p
		if len(sum) != 32 || !k.Verify(p, message, sum) {
			t.Errorf("%q does not verify", p)
		}
		if k.Verify(p, []byte("other"), sum) || k.Verify(p, message, sum[:31]) || k.Verify(p, message, nil) {
			t.Errorf("%q verifies a forgery", p)
		}
	}
	if _, err := k.Links().Open(k.Cursors().Seal([]byte("x"))); !errors.Is(err, secret.ErrLink) {
		t.Errorf("a cursor opens as a link: %v", err)
	}
}

func TestTokenMACBindsTheSlug(t *testing.T) {
	t.Parallel()
	k := newKeys(t, rawKey(t))
	a := newToken(t, "kita")
	b, err := secret.ParseAPIToken(strings.Replace(a.Reveal(), "kita", "minato", 1))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(k.TokenMAC(a), k.TokenMAC(b)) {
		t.Error("one code counts under two organizations")
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	oldRaw, newRaw := rawKey(t), rawKey(t)
	before, after := newKeys(t, oldRaw), newKeys(t, newRaw, oldRaw)
	ticket, token := newTicket(t), newToken(t, "kita")

	stored := before.TicketMAC(ticket)
	macs := after.TicketMACs(ticket)
	if len(macs) != 2 || !bytes.Equal(macs[1], stored) || !bytes.Equal(macs[0], after.TicketMAC(ticket)) {
		t.Error("the rotated keys don't find an old ticket")
	}
	if bytes.Equal(macs[0], stored) {
		t.Error("the new key does not sign")
	}
	if got := after.TokenMACs(token); !bytes.Equal(got[1], before.TokenMAC(token)) {
		t.Error("the rotated keys don't find an old token")
	}
	if !after.Verify(secret.PurposeForm, []byte("m"), before.MAC(secret.PurposeForm, []byte("m"))) {
		t.Error("the rotated keys don't verify an old mark")
	}
	sealed := before.Cursors().Seal([]byte("page 2"))
	if plain, err := after.Cursors().Open(sealed); err != nil || string(plain) != "page 2" {
		t.Errorf("the rotated keys don't open an old cursor: %v", err)
	}
	if _, err := before.Cursors().Open(after.Cursors().Seal([]byte("x"))); err == nil {
		t.Error("an old key opens what a new one sealed")
	}
}

func TestSealer(t *testing.T) {
	t.Parallel()
	s := newKeys(t, rawKey(t)).Cursors()
	for _, plain := range []string{"", "x", strings.Repeat("日", 500)} {
		text := s.Seal([]byte(plain), "kind=meetup", "v1")
		got, err := s.Open(text, "kind=meetup", "v1")
		if err != nil || string(got) != plain {
			t.Errorf("Open = %q, %v", got, err)
		}
		if strings.ContainsAny(text, "+/=") {
			t.Errorf("%q is not safe in an address", text)
		}
		for _, bound := range [][]string{
			nil,
			{"kind=meetup"},
			{"kind=meetupv1"},
			{"kind=meetu", "pv1"},
			{"v1", "kind=meetup"},
		} {
			if _, err := s.Open(text, bound...); !errors.Is(err, secret.ErrCursor) {
				t.Errorf("opens with %q: %v", bound, err)
			}
		}
	}
	// [S18] A page that has not changed keeps its ETag: the same place seals to the same text,
	// anything else to another.
	if once, again := s.Seal([]byte("a"), "v1"), s.Seal([]byte("a"), "v1"); once != again {
		t.Error("sealing twice gives another text")
	}
	seen := map[string]bool{}
	for _, text := range []string{
		s.Seal([]byte("a"), "v1"),
		s.Seal([]byte("b"), "v1"),
		s.Seal([]byte("a"), "v2"),
		s.Seal([]byte("a")),
		s.Seal([]byte("av1")),
		s.Seal(nil, "v1a"),
	} {
		if nonce := text[:16]; seen[nonce] { // 12 bytes
			t.Errorf("a nonce comes twice: %s", nonce)
		} else {
			seen[nonce] = true
		}
	}
	text := s.Seal([]byte("page 2"))
	for i := range text {
		b := []byte(text)
		b[i] ^= 1
		if _, err := s.Open(string(b)); fault.KindOf(err) != fault.KindMalformed {
			t.Fatalf("change at %d: %v", i, err)
		}
	}
	for _, bad := range []string{"", "A", "====", "日本", text + "A", text[1:], strings.Repeat("A", 1<<20), " " + text} {
		if _, err := s.Open(bad); !errors.Is(err, secret.ErrCursor) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

// Links hide which filter they have, so that sealing twice gives two texts; and cursors that the
// program before gave, with random nonces, go on.
func TestSealersWithRandomNonces(t *testing.T) {
	t.Parallel()
	k := newKeys(t, rawKey(t))
	if once, again := k.Links().Seal([]byte("a")), k.Links().Seal([]byte("a")); once == again {
		t.Error("sealing a link twice gives the same text")
	}
	before := k.Sealer(secret.PurposeCursor, secret.ErrCursor)
	if plain, err := k.Cursors().Open(
		before.Seal([]byte("page 2"), "q"),
		"q",
	); err != nil ||
		string(plain) != "page 2" {
		t.Errorf("a cursor given before opens as %q, %v", plain, err)
	}
	if plain, err := before.Open(
		k.Cursors().Seal([]byte("page 2"), "q"),
		"q",
	); err != nil ||
		string(plain) != "page 2" {
		t.Errorf("the program before opens %q, %v", plain, err) // replicas of both serve during an update
	}
}

func FuzzOpen(f *testing.F) {
	k, err := secret.NewKeys([]byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		f.Fatal(err)
	}
	s := k.Cursors()
	f.Add(s.Seal([]byte("page 2")))
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		plain, err := s.Open(text)
		if err == nil && string(plain) != "page 2" {
			t.Fatalf("opened a forgery: %q", plain)
		}
		if err != nil && !errors.Is(err, secret.ErrCursor) {
			t.Fatalf("refused with %v", err)
		}
	})
}

func BenchmarkTicketMAC(b *testing.B) {
	k := newKeys(b, rawKey(b))
	ticket := newTicket(b)
	b.ReportAllocs()
	for b.Loop() {
		k.TicketMAC(ticket)
	}
}
