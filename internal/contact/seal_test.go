package contact

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var update = flag.Bool("update", false, "write the golden files anew")

func pair(t testing.TB) hpke.PrivateKey {
	t.Helper()
	k, err := kem.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func contacts(t testing.TB) map[string]Contact {
	t.Helper()
	p256dh, auth := testKeys(t)
	all := map[string]Contact{}
	for name, typed := range map[string]string{
		"short": "a@b.jp",
		"long":  strings.Repeat("a", 64) + "@" + strings.Repeat("b", 60) + "." + strings.Repeat("c", 60) + ".jp",
	} {
		c, err := FromMail(typed)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = c
	}
	for name, endpoint := range map[string]string{
		"push":         "https://p.example/x",
		"longest push": "https://p.example/" + strings.Repeat("x", maxEndpoint-len("https://p.example/")),
	} {
		c, err := FromPush(endpoint, p256dh, auth)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = c
	}
	return all
}

func TestSealedContactsAreOfOneSizeAndOpenAgain(t *testing.T) {
	t.Parallel()
	k, key, ticket := pair(t), uuid.New(), uuid.New()
	for name, c := range contacts(t) {
		sealed, err := Seal(k.PublicKey().Bytes(), key, ticket, c)
		if err != nil || len(sealed) != SealedBytes {
			t.Fatalf("%s: %d bytes, %v", name, len(sealed), err)
		}
		again, err := Seal(k.PublicKey().Bytes(), key, ticket, c)
		if err != nil || bytes.Equal(sealed, again) {
			t.Errorf("%s sealed twice is the same", name)
		}
		got, err := open(k, key, ticket, sealed)
		if err != nil || got.Mail() != c.Mail() {
			t.Fatalf("%s opens to %q, %v", name, got.Mail(), err)
		}
		want, isPush := c.Push()
		if p, ok := got.Push(); ok != isPush || p.Endpoint != want.Endpoint || !bytes.Equal(p.P256dh, want.P256dh) ||
			!bytes.Equal(p.Auth, want.Auth) {
			t.Errorf("%s opens to another subscription", name)
		}
	}
}

func TestSealedContactsOpenForNobodyElse(t *testing.T) {
	t.Parallel()
	k, key, ticket := pair(t), uuid.New(), uuid.New()
	sealed, err := Seal(k.PublicKey().Bytes(), key, ticket, contacts(t)["short"])
	if err != nil {
		t.Fatal(err)
	}
	turned := bytes.Clone(sealed)
	turned[len(turned)-1] ^= 1
	for name, try := range map[string]func() (Contact, error){
		"another key":      func() (Contact, error) { return open(pair(t), key, ticket, sealed) },
		"another date":     func() (Contact, error) { return open(k, uuid.New(), ticket, sealed) },
		"another ticket":   func() (Contact, error) { return open(k, key, uuid.New(), sealed) },
		"a turned bit":     func() (Contact, error) { return open(k, key, ticket, turned) },
		"cut off":          func() (Contact, error) { return open(k, key, ticket, sealed[:100]) },
		"nothing":          func() (Contact, error) { return open(k, key, ticket, nil) },
		"noise":            func() (Contact, error) { return open(k, key, ticket, make([]byte, SealedBytes)) },
		"something longer": func() (Contact, error) { return open(k, key, ticket, append(bytes.Clone(sealed), 0)) },
	} {
		if c, err := try(); !errors.Is(err, ErrSealed) || !c.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Seal(nil, key, ticket, contacts(t)["short"]); err == nil {
		t.Error("sealed for no key")
	}
	if _, err := Seal(k.PublicKey().Bytes(), key, ticket, Contact{}); err == nil {
		t.Error("nothing was sealed")
	}
}

// What an earlier version sealed must open in every later one: the file holds a private key and
// what was sealed for it.
func TestFormatStays(t *testing.T) {
	t.Parallel()
	const golden = "testdata/sealed-v1.hex"
	key, ticket := uuid.MustParse(
		"11111111-1111-4111-8111-111111111111",
	), uuid.MustParse(
		"22222222-2222-4222-8222-222222222222",
	)
	if *update {
		k := pair(t)
		raw, err := k.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		c, err := FromMail("golden@example.jp")
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := Seal(k.PublicKey().Bytes(), key, ticket, c)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(
			golden,
			[]byte(hex.EncodeToString(raw)+"\n"+hex.EncodeToString(sealed)+"\n"),
			0o600,
		); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(text))
	raw, sealed := unhex(t, lines[0]), unhex(t, lines[1])
	k, err := kem.NewPrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := open(k, key, ticket, sealed); err != nil || c.Mail() != "golden@example.jp" {
		t.Errorf("opens to %q, %v", c.Mail(), err)
	}
}

// RFC 9180 appendix A.1.1, base mode: the library under us keeps the standard.
func TestVectorOfTheStandard(t *testing.T) {
	t.Parallel()
	private, err := ecdh.X25519().NewPrivateKey(
		unhex(t, "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
	)
	if err != nil {
		t.Fatal(err)
	}
	k, err := hpke.NewDHKEMPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	r, err := hpke.NewRecipient(
		unhex(t, "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431"),
		k,
		hpke.HKDFSHA256(),
		hpke.AES128GCM(),
		unhex(t, "4f6465206f6e2061204772656369616e2055726e"),
	)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := r.Open(
		unhex(t, "436f756e742d30"),
		unhex(t, "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a"),
	)
	if err != nil || hex.EncodeToString(plain) != "4265617574792069732074727574682c20747275746820626561757479" {
		t.Errorf("opens to %x, %v", plain, err)
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever stands in a plaintext, reading it does not panic and gives one way or none.
func FuzzUnpad(f *testing.F) {
	c, err := FromMail("a@b.jp")
	if err != nil {
		f.Fatal(err)
	}
	plain, err := pad(c)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Add([]byte{1, 2, 0, 90})
	f.Fuzz(func(t *testing.T, raw []byte) {
		plain := make([]byte, paddedBytes)
		copy(plain, raw)
		got, err := unpad(plain)
		if _, ok := got.Push(); err == nil && ok && got.Mail() != "" {
			t.Error("both at once")
		}
	})
}
