package courier

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/notice"
)

var errStop = errors.New("withdrawn")

func goOn(context.Context) error { return nil }
func stop(context.Context) error { return errStop }

// server is a mail server of the test's own. say may refuse at a step: "mail", "rcpt", "data"
// (before its text), "text" (after it).
type server struct {
	*smtp.Server
	port     int
	mu       sync.Mutex
	accepted [][]byte
	rcpts    []string
	users    []string
	say      func(step, what string) error
}

type session struct {
	s    *server
	conn *smtp.Conn
	rcpt string
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{s: s, conn: c}, nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.s.mu.Lock()
		defer s.s.mu.Unlock()
		s.s.users = append(s.s.users, user+"/"+password)
		return nil
	}), nil
}

func (s *session) step(step, what string) error {
	s.s.mu.Lock()
	say := s.s.say
	s.s.mu.Unlock()
	if say == nil {
		return nil
	}
	err := say(step, what)
	if errors.Is(err, errHangUp) {
		_ = s.conn.Conn().Close()
	}
	return err
}

var errHangUp = errors.New("hang up")

func (s *session) Mail(from string, _ *smtp.MailOptions) error { return s.step("mail", from) }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.rcpt = to
	return s.step("rcpt", to)
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.step("text", s.rcpt); err != nil {
		return err
	}
	s.s.mu.Lock()
	s.s.accepted, s.s.rcpts = append(s.s.accepted, text), append(s.s.rcpts, s.rcpt)
	s.s.mu.Unlock()
	return s.step("answer", s.rcpt)
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.accepted)
}

func (s *server) refuse(say func(step, what string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.say = say
}

func serve(t testing.TB, secured bool) *server {
	t.Helper()
	s := &server{}
	s.Server = smtp.NewServer(s)
	s.Domain, s.AllowInsecureAuth, s.ReadTimeout, s.WriteTimeout = "mail.test", !secured, 10*time.Second, 10*time.Second
	s.ErrorLog = quietLog{}
	if secured {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate(t)}, MinVersion: tls.VersionTLS12}
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return s
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(
			1,
		),
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.ParseIP("127.0.0.1")},
		DNSNames:              []string{"push.example"},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func mailer(t testing.TB, address string) *SMTP {
	t.Helper()
	at, err := config.ParseMailServer(address)
	if err != nil {
		t.Fatal(err)
	}
	m, err := NewSMTP(at, "oshirase@example.jp", "tonarimachi.example.jp", clock.System())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func open(t testing.TB, s *server) notice.Outbox {
	t.Helper()
	o, err := mailer(t, fmt.Sprintf("smtp://127.0.0.1:%d", s.port)).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func letter(t testing.TB) notice.Mail {
	t.Helper()
	return notice.Mail{To: address(t, "canary..x@docomo.ne.jp"), ID: "abc", Subject: "お申し込みの予定について", Text: "本文\n"}
}

func TestMailArrives(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s)
	for range 3 { // over one connection
		if err := o.Send(t.Context(), letter(t), goOn); err != nil {
			t.Fatal(err)
		}
	}
	if s.count() != 3 || s.rcpts[0] != "canary..x@docomo.ne.jp" && s.rcpts[0] != `"canary..x"@docomo.ne.jp` ||
		!bytes.Contains(s.accepted[0], []byte("Message-ID: <abc@example.jp>")) {
		t.Errorf("%d arrived, for %q:\n%s", s.count(), s.rcpts, s.accepted[0])
	}
}

func TestWithdrawnMailDoesNotLeave(t *testing.T) {
	t.Parallel()
	s := serve(t, false)
	o := open(t, s)
	if err := o.Send(t.Context(), letter(t), stop); !errors.Is(err, errStop) {
		t.Errorf("err = %v", err)
	}
	if err := o.Send(t.Context(), letter(t), goOn); err != nil || s.count() != 1 {
		t.Errorf("%d arrived, %v; want the second alone", s.count(), err)
	}
}

// What a server says, and what that means. No word of it reaches the error but the number.
func TestAnswersOfServers(t *testing.T) {
	t.Parallel()
	reply := func(code int) error {
		return &smtp.SMTPError{Code: code, Message: "canary..x@docomo.ne.jp is not liked"}
	}
	for _, c := range []struct {
		step string
		say  error
		want error
	}{
		{"mail", reply(550), notice.ErrUnreachable}, {"mail", reply(451), notice.ErrLater},
		{"mail", errHangUp, notice.ErrLater},
		{"rcpt", reply(550), notice.ErrRefused}, {"rcpt", reply(450), notice.ErrLater},
		{"rcpt", reply(421), notice.ErrLater}, {"rcpt", errHangUp, notice.ErrLater},
		{"text", reply(554), notice.ErrRefused}, {"text", reply(452), notice.ErrLater},
		{"text", errHangUp, notice.ErrUnclear}, {"answer", errHangUp, notice.ErrUnclear},
	} {
		t.Run(fmt.Sprintf("%s %v", c.step, c.say), func(t *testing.T) {
			t.Parallel()
			s := serve(t, false)
			o := open(t, s)
			s.refuse(func(step, _ string) error {
				if step == c.step {
					return c.say
				}
				return nil
			})
			handed := 0
			err := o.Send(t.Context(), letter(t), func(context.Context) error { handed++; return nil })
			if !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			if strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "docomo") {
				t.Errorf("the error names the address: %v", err)
			}
			if late := c.step == "text" || c.step == "answer"; (handed == 1) != late {
				t.Errorf("handed over %d times", handed)
			}
			s.refuse(nil)
			before := s.count()
			if err := o.Send(t.Context(), letter(t), goOn); err != nil || s.count() != before+1 {
				t.Errorf("the next one: %v", err)
			}
		})
	}
}

func TestServersThatAreNotThere(t *testing.T) {
	t.Parallel()
	if _, err := mailer(t, "smtp://127.0.0.1:1").Open(t.Context()); !errors.Is(err, notice.ErrUnreachable) {
		t.Errorf("err = %v", err)
	}
}

// A password goes out over TLS only, and a server elsewhere must offer it.
func TestTLS(t *testing.T) {
	t.Parallel()
	plain := serve(t, false)
	m, err := NewSMTP(
		config.MailServer{Host: "127.0.0.1", Port: plain.port},
		"oshirase@example.jp",
		"x.example",
		clock.System(),
	) // as one that is not on this machine
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Open(t.Context()); !errors.Is(err, notice.ErrUnreachable) {
		t.Errorf("a server without TLS is used: %v", err)
	}
	secured := serve(t, true)
	if _, err := mailer(
		t,
		fmt.Sprintf("smtp://127.0.0.1:%d", secured.port),
	).Open(
		t.Context(),
	); !errors.Is(
		err,
		notice.ErrUnreachable,
	) {
		t.Errorf("a certificate that nobody vouches for is taken: %v", err)
	}
	// Vouched for, STARTTLS is taken and the password given.
	at := config.MailServer{Host: "127.0.0.1", Port: secured.port, User: "u", Password: config.Hide("p")}
	m, err = NewSMTP(at, "oshirase@example.jp", "x.example", clock.System())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	leaf, err := x509.ParseCertificate(secured.TLSConfig.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(leaf)
	if err := m.client.SetTLSConfig(
		&tls.Config{ServerName: "127.0.0.1", RootCAs: roots, MinVersion: tls.VersionTLS12},
	); err != nil {
		t.Fatal(err)
	}
	o, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(o.Send(t.Context(), letter(t), goOn), o.Close()); err != nil {
		t.Fatal(err)
	}
	if len(secured.users) != 1 || secured.users[0] != "u/p" || secured.count() != 1 {
		t.Errorf("users %v, %d mails", secured.users, secured.count())
	}
}
