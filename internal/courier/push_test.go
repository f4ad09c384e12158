package courier

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/notice"
)

// device is a browser that subscribed.
type device struct {
	key  *ecdh.PrivateKey
	auth []byte
}

func newDevice(t testing.TB) device {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := device{key: key, auth: make([]byte, 16)}
	_, _ = rand.Read(d.auth)
	return d
}

func (d device) at(endpoint string) contact.Push {
	return contact.Push{Endpoint: endpoint, P256dh: d.key.PublicKey().Bytes(), Auth: d.auth}
}

// read opens a body as a browser does (RFC 8188, RFC 8291).
func (d device) read(t testing.TB, body []byte) string {
	t.Helper()
	salt, idLength := body[:16], int(body[20])
	if binary.BigEndian.Uint32(body[16:20]) < 18 {
		t.Fatal("record size")
	}
	server := body[21 : 21+idLength]
	pk, err := ecdh.P256().NewPublicKey(server)
	if err != nil {
		t.Fatal(err)
	}
	shared, err := d.key.ECDH(pk)
	if err != nil {
		t.Fatal(err)
	}
	derive := func(secret, salt []byte, info string, n int) []byte {
		k, err := hkdf.Key(sha256.New, secret, salt, info, n)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	ikm := derive(shared, d.auth, "WebPush: info\x00"+string(d.key.PublicKey().Bytes())+string(server), 32)
	block, err := aes.NewCipher(derive(ikm, salt, "Content-Encoding: aes128gcm\x00", 16))
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, derive(ikm, salt, "Content-Encoding: nonce\x00", 12), body[21+idLength:], nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(strings.TrimRight(string(plain), "\x00"), "\x02")
}

// service is a push service on this machine; may lets it be dialled.
func service(t testing.TB, handle http.HandlerFunc) (p *Push, endpoint string) {
	t.Helper()
	s := httptest.NewUnstartedServer(handle)
	s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(t)}, MinVersion: tls.VersionTLS12}
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(s.TLS.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(leaf)
	return newPush(
		t,
		PushOptions{Roots: roots, May: func(a netip.AddrPort) bool { return a.Addr().IsLoopback() }},
	), s.URL + "/canary"
}

func newPush(t testing.TB, o PushOptions) *Push {
	t.Helper()
	k, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o.Private, o.Public = base64.RawURLEncoding.EncodeToString(
		k.Bytes(),
	), base64.RawURLEncoding.EncodeToString(
		k.PublicKey().Bytes(),
	)
	o.Subject, o.Clock = "https://tonarimachi.example.jp", clock.System()
	return NewPush(o)
}

func TestPushArrives(t *testing.T) {
	t.Parallel()
	d, sizes := newDevice(t), make(chan int, 10)
	said := make(chan string, 10)
	p, endpoint := service(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		for name, want := range map[string]string{
			"Ttl":              "86400",
			"Content-Encoding": "aes128gcm",
			"Urgency":          "normal",
		} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		if !strings.HasPrefix(r.Header.Get("Authorization"), "vapid t=") || r.Header.Get("Topic") != "" {
			t.Errorf("headers %v", r.Header)
		}
		sizes <- len(body)
		said <- d.read(t, body)
		w.WriteHeader(http.StatusCreated)
	})
	for _, words := range []string{`{"title":"短い"}`, `{"title":"` + strings.Repeat("長", 100) + `"}`} {
		if err := p.Push(t.Context(), d.at(endpoint), []byte(words), goOn); err != nil {
			t.Fatal(err)
		}
		if got := <-said; got != words {
			t.Errorf("the device reads %q", got)
		}
	}
	if a, b := <-sizes, <-sizes; a != b {
		t.Errorf("sizes %d and %d tell them apart", a, b)
	}
}

func TestAnswersOfPushServices(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]error{
		400: notice.ErrRefused, 401: notice.ErrRefused, 403: notice.ErrRefused, 404: notice.ErrGone,
		410: notice.ErrGone, 413: notice.ErrRefused, 429: notice.ErrLater, 500: notice.ErrLater,
		503: notice.ErrLater,
		301: notice.ErrRefused, 302: notice.ErrRefused, 307: notice.ErrRefused, 308: notice.ErrRefused,
	} {
		var asked atomic.Int32
		p, endpoint := service(t, func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", "https://"+r.Host+"/elsewhere")
			w.WriteHeader(status)
		})
		err := p.Push(t.Context(), newDevice(t).at(endpoint), []byte("{}"), goOn)
		if !errors.Is(err, want) || asked.Load() != 1 {
			t.Errorf("%d: %v, asked %d times", status, err, asked.Load())
		}
		if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "127.0.0.1") {
			t.Errorf("the error names the endpoint: %v", err)
		}
	}
	p, endpoint := service(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if err := p.Push(
		t.Context(),
		newDevice(t).at(endpoint),
		[]byte("{}"),
		goOn,
	); !errors.Is(err, notice.ErrUnclear) ||
		strings.Contains(err.Error(), "canary") {
		t.Errorf("hung up on: %v", err)
	}
	asked := false
	p, endpoint = service(t, func(http.ResponseWriter, *http.Request) { asked = true })
	if err := p.Push(t.Context(), newDevice(t).at(endpoint), []byte("{}"), stop); !errors.Is(err, errStop) || asked {
		t.Errorf("withdrawn: %v, asked %v", err, asked)
	}
	if err := p.Push(
		t.Context(),
		contact.Push{Endpoint: endpoint, P256dh: []byte("x"), Auth: []byte("y")},
		[]byte("{}"),
		goOn,
	); !errors.Is(
		err,
		notice.ErrGone,
	) {
		t.Errorf("keys that are none: %v", err)
	}
}

// A name that was public when it was kept and leads inside when it is dialled.
func TestPrivateAddressesAreNotDialled(t *testing.T) {
	t.Parallel()
	asked := false
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer s.Close()
	p := newPush(t, PushOptions{})
	for _, endpoint := range []string{
		s.URL,
		strings.Replace(s.URL, "127.0.0.1", "localhost", 1),
		"https://[::1]/",
		"https://10.255.255.1/",
		"https://169.254.169.254/",
		"https://8.8.8.8:8443/",
	} {
		err := p.Push(t.Context(), newDevice(t).at(endpoint), []byte("{}"), goOn)
		if !errors.Is(err, notice.ErrGone) || strings.Contains(err.Error(), "https") {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if asked {
		t.Error("a private address was asked")
	}
}
