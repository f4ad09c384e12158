package contact

import (
	"bytes"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/fault"
)

func TestMailAddresses(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"sumire@example.jp": "sumire@example.jp",
		" ｓｕｍｉｒｅ＠ｅｘａｍｐｌｅ．ｊｐ　": "sumire@example.jp",
		"A.b+c@EXAMPLE.JP":                      "A.b+c@example.jp",
		"a@b.co":                                "a@b.co",
		"x..y.@docomo.ne.jp":                    "x..y.@docomo.ne.jp",
		"o'neil@xn--wgv71a.jp":                  "o'neil@xn--wgv71a.jp",
		strings.Repeat("a", 64) + "@example.jp": strings.Repeat("a", 64) + "@example.jp",
	} {
		c, err := FromMail(typed)
		if err != nil || c.Mail() != want {
			t.Errorf("%q: %q, %v", typed, c.Mail(), err)
		}
	}
	for _, typed := range []string{
		"",
		"a",
		"@",
		"a@",
		"@b.jp",
		"a@b",
		"a b@c.jp",
		"a@b@c.jp",
		"a@-b.jp",
		"a@b-.jp",
		"a@b..jp",
		"a@.jp",
		"a@b.jp.",
		"a@[127.0.0.1]",
		"a@127.0.0.1",
		"\"a\"@b.jp",
		"a@b.jp\r\nBcc: c@d.jp",
		"a\x00@b.jp",
		"<a@b.jp>",
		"A <a@b.jp>",
		"あ@b.jp",
		"a@例え.jp",
		strings.Repeat("a", 65) + "@b.jp",
		"a@" + strings.Repeat("b.", 130) + "jp",
		strings.Repeat("a@b.jp", 500),
		"a,b@c.jp",
		"a;b@c.jp",
	} {
		c, err := FromMail(typed)
		if !errors.Is(err, ErrMail) || !c.IsZero() {
			t.Errorf("%q is taken: %v", typed, err)
		}
		if f, _ := fault.As(err); typed != "" && strings.Contains(fmt.Sprintf("%+v", f), typed) && len(typed) > 2 {
			t.Errorf("the refusal repeats %q", typed)
		}
	}
	c, err := FromMail("x..y.@docomo.ne.jp")
	if err != nil || c.Quoted() != `"x..y."@docomo.ne.jp` {
		t.Errorf("quoted: %s", c.Quoted())
	}
	if c, _ = FromMail("a.b@c.jp"); c.Quoted() != "a.b@c.jp" {
		t.Errorf("quoted: %s", c.Quoted())
	}
}

func testKeys(t testing.TB) (p256dh, auth string) {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(
			k.PublicKey().Bytes(),
		), base64.RawURLEncoding.EncodeToString(
			bytes.Repeat([]byte{1}, authBytes),
		)
}

func TestPushEndpoints(t *testing.T) {
	t.Parallel()
	p256dh, auth := testKeys(t)
	for _, endpoint := range []string{
		"https://fcm.googleapis.com/fcm/send/abc:def",
		"https://updates.push.services.mozilla.com:443/wpush/v2/x",
		"https://web.push.apple.com/Q",
		"https://8.8.8.8/x",
		"https://[2606:4700:4700::1111]/x",
		"https://push.example/" + strings.Repeat("a", maxEndpoint-len("https://push.example/")),
	} {
		if c, err := FromPush(endpoint, p256dh, auth); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		} else if p, ok := c.Push(); !ok || p.Endpoint != endpoint || c.Mail() != "" {
			t.Errorf("%s reads %+v", endpoint, p)
		}
	}
	for _, endpoint := range []string{
		"",
		"http://push.example/",
		"ftp://push.example/",
		"https://",
		"https:///x",
		"https://user@push.example/",
		"https://user:pw@push.example/",
		"https://push.example:8443/",
		"https://push.example:80/",
		"https://push.example:/",
		"https://localhost/",
		"https://push/",
		"https://127.0.0.1/",
		"https://127.1/",
		"https://2130706433/",
		"https://0x7f.0.0.1/",
		"https://0177.0.0.1/",
		"https://10.1.2.3/",
		"https://172.16.0.1/",
		"https://192.168.1.1/",
		"https://169.254.169.254/latest",
		"https://0.0.0.0/",
		"https://100.64.0.1/",
		"https://198.18.0.1/",
		"https://224.0.0.1/",
		"https://255.255.255.255/",
		"https://[::1]/",
		"https://[::]/",
		"https://[fe80::1]/",
		"https://[fe80::1%25eth0]/",
		"https://[fc00::1]/",
		"https://[::ffff:127.0.0.1]/",
		"https://[::ffff:10.0.0.1]/",
		"https://[64:ff9b::7f00:1]/",
		"https://[2002:7f00:1::]/",
		"https://[2001:db8::1]/",
		"https://[fec0::1]/",
		"https://push.example/#x",
		"https://push.example/ x",
		"https://push.example/\n",
		"https://例え.jp/",
		"https:push.example",
		"https://push.example/" + strings.Repeat("a", maxEndpoint),
	} {
		if _, err := FromPush(endpoint, p256dh, auth); !errors.Is(err, ErrEndpoint) {
			t.Errorf("%s is taken: %v", endpoint, err)
		}
	}
	for _, keys := range [][2]string{
		{"", auth},
		{p256dh, ""},
		{"AAAA", auth},
		{p256dh, "AAAA"},
		{"!", auth},
		{base64.RawURLEncoding.EncodeToString(append([]byte{4}, make([]byte, 64)...)), auth},
		{strings.Repeat("A", 5000), auth},
	} {
		if _, err := FromPush("https://push.example/", keys[0], keys[1]); !errors.Is(err, ErrEndpoint) {
			t.Errorf("keys %q are taken: %v", keys, err)
		}
	}
}

func TestPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"8.8.8.8":        true,
		"2606:4700::1":   true,
		"::ffff:8.8.8.8": true,
		"127.0.0.1":      false,
		"::1":            false,
		"fe80::1%eth0":   false,
		"192.0.0.8":      false,
		"240.0.0.1":      false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestContactsHideThemselves(t *testing.T) {
	t.Parallel()
	mail, err := FromMail("canary@example.jp")
	if err != nil {
		t.Fatal(err)
	}
	p256dh, auth := testKeys(t)
	push, err := FromPush("https://canary.example/canary", p256dh, auth)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	type wrapper struct{ inner Contact }
	for _, v := range []any{mail, &mail, push, wrapper{mail}, &wrapper{push}, []Contact{mail, push}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb, v)
		}
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(raw)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
	}
	if strings.Contains(out.String(), "canary") || strings.Contains(out.String(), fmt.Sprintf("%x", "canary")) ||
		!strings.Contains(out.String(), placeholder) {
		t.Errorf("a contact shows itself: %s", out.String())
	}
}

func FuzzFromMail(f *testing.F) {
	f.Add("sumire@example.jp")
	f.Add("ｓ＠ｅ．jp")
	f.Fuzz(func(t *testing.T, typed string) {
		c, err := FromMail(typed)
		if err != nil {
			return
		}
		if len(c.Mail()) > maxMail || strings.ContainsAny(c.Mail()+c.Quoted(), "\r\n\x00 <>,;:\\") {
			t.Errorf("%q gives %q", typed, c.Mail())
		}
		again, err := FromMail(c.Mail())
		if err != nil || again.Mail() != c.Mail() {
			t.Errorf("%q does not read back: %v", c.Mail(), err)
		}
	})
}

func FuzzPushEndpoint(f *testing.F) {
	for _, seed := range []string{
		"https://fcm.googleapis.com/x",
		"https://[::ffff:10.0.0.1]/",
		"https://user@10.0.0.1:443/",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, endpoint string) {
		host, err := pushHost(endpoint)
		if err != nil {
			return
		}
		if a, err := netip.ParseAddr(
			host,
		); err == nil && !Public(a) ||
			!strings.HasPrefix(endpoint, "https:") && !strings.HasPrefix(strings.ToLower(endpoint), "https:") {
			t.Errorf("%q leads to %s", endpoint, host)
		}
	})
}
