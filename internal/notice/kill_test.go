package notice_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/config"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/courier"
	"github.com/tonarimachi/tonarimachi/internal/notice"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/web"
)

// childOrder is the environment variable with which this test binary becomes a worker that delivers
// one event and, perhaps, dies.
const childOrder = "TONARIMACHI_TEST_DELIVER"

type order struct {
	URL, Dir, SMTP string
	Event          uuid.UUID
	Now            time.Time
	// Die is where the worker kills itself: opened, handing, handed, sent; "" for nowhere.
	Die string
}

// deliverAsChild is a whole worker process, as far as one event goes.
func deliverAsChild(text string) int {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return complain(err)
	}
	ctx := context.Background()
	db, err := postgres.Open(ctx, postgres.Options{URL: o.URL, Worker: 3, Clock: clock.NewFake(o.Now)})
	if err != nil {
		return complain(err)
	}
	defer db.Close()
	key := func(text string) *secret.Keys {
		k, err := secret.NewKeys([]byte(text + strings.Repeat("-", secret.MinKeyBytes) + "0"))
		if err != nil {
			panic(err)
		}
		return k
	}
	vault, err := contact.OpenVault(o.Dir, key("worker"), rand.Reader)
	if err != nil {
		return complain(err)
	}
	server, err := config.ParseMailServer(o.SMTP)
	if err != nil {
		return complain(err)
	}
	mailer, err := courier.NewSMTP(server, "oshirase@example.jp", "tonarimachi.example.jp", db.Clock())
	if err != nil {
		return complain(err)
	}
	texts, err := notice.ReadTexts(web.Templates, "https://tonarimachi.example.jp")
	if err != nil {
		return complain(err)
	}
	die := mortal(o.Die)
	by := notice.NewDeliverer(
		notice.Options{
			DB:       db,
			Contacts: mortalVault{die, vault},
			Mailer:   mortalMailer{die, mailer},
			Texts:    texts,
			Keys:     key("codes"),
		},
	)
	if _, err := by.Deliver(ctx, o.Event, 0); err != nil {
		return complain(err)
	}
	return 0
}

func complain(err error) int {
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// mortal dies by SIGKILL where it is told to: nothing is cleaned up after it.
type mortal string

func (m mortal) at(point string) {
	if string(m) == point {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

type mortalVault struct {
	mortal
	vault *contact.Vault
}

func (m mortalVault) Open(key, ticket uuid.UUID, sealed []byte) (contact.Contact, error) {
	c, err := m.vault.Open(key, ticket, sealed)
	m.at("opened")
	return c, err
}

type mortalMailer struct {
	mortal
	mailer notice.Mailer
}

func (m mortalMailer) Open(ctx context.Context) (notice.Outbox, error) {
	o, err := m.mailer.Open(ctx)
	return mortalOutbox{m.mortal, o}, err
}

type mortalOutbox struct {
	mortal
	notice.Outbox
}

func (m mortalOutbox) Send(ctx context.Context, letter notice.Mail, handover notice.Handover) error {
	err := m.Outbox.Send(ctx, letter, func(ctx context.Context) error {
		m.at("handing")
		err := handover(ctx)
		m.at("handed")
		return err
	})
	m.at("sent")
	return err
}

// postOffice is a real SMTP server that can kill who talks to it.
type postOffice struct {
	*smtp.Server
	address string
	mu      sync.Mutex
	ids     []string // Message-IDs of what was accepted
	at      string   // mail, rcpt, text, accepted: where the worker is killed
	kill    func()
}

type talk struct{ office *postOffice }

func (p *postOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return &talk{p}, nil }

func (p *postOffice) reached(step string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at == step {
		p.kill()
		return errors.New("its sender is dead")
	}
	return nil
}

func (t *talk) Mail(string, *smtp.MailOptions) error { return t.office.reached("mail") }
func (t *talk) Rcpt(string, *smtp.RcptOptions) error { return t.office.reached("rcpt") }
func (t *talk) Reset()                               {}
func (t *talk) Logout() error                        { return nil }

func (t *talk) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err // cut off before its last dot: not accepted
	}
	if err := t.office.reached("text"); err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return err
	}
	t.office.mu.Lock()
	t.office.ids = append(t.office.ids, m.Header.Get("Message-Id"))
	t.office.mu.Unlock()
	return t.office.reached("accepted") // it has the message, and its answer is lost
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{kill: func() {}}
	p.Server = smtp.NewServer(p)
	p.Domain, p.ErrorLog = "mail.test", silent{}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.address = "smtp://" + l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = p.Serve(l) }()
	t.Cleanup(func() { _ = p.Close(); <-done })
	return p
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// work runs a worker until it ends or dies; at is where the post office kills it, die where it
// kills itself.
func (p *postOffice) work(t *testing.T, o order, at string) {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), childOrder+"="+string(text))
	var said bytes.Buffer
	c.Stderr = &said
	p.mu.Lock()
	if err := c.Start(); err != nil {
		p.mu.Unlock()
		t.Fatal(err)
	}
	p.at, p.kill = at, func() { _ = c.Process.Kill() }
	p.mu.Unlock()
	err = c.Wait()
	if died := at != "" || o.Die != ""; died != (err != nil) {
		t.Errorf("killed at %q%q: ended with %v: %s", at, o.Die, err, said.String())
	}
	if strings.Contains(said.String(), "canary") {
		t.Errorf("the worker names the address: %s", said.String())
	}
}

// untilUnlocked waits until the server has noticed that a worker is dead: its lock goes with its
// connection.
func (k *kit) untilUnlocked(t *testing.T) {
	t.Helper()
	for begun := clock.Start(); begun.Elapsed() < 30*time.Second; {
		if k.number(
			t,
			"select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database "+
				"where datname = current_database())",
		) == 0 {
			return
		}
	}
	t.Fatal("the lock of a dead worker is left")
}

// The whole of the promise: kill -9 at every point, with a real server at the other end.
func TestAWorkerKilledAnywhereTellsOnce(t *testing.T) {
	t.Parallel()
	k := setup(t)
	office := openPostOffice(t)
	for _, point := range []struct {
		name  string
		most  int // messages accepted in the end
		self  bool
		times int
	}{
		{name: "opened", self: true, most: 1, times: 2}, {name: "mail", most: 1, times: 2},
		{name: "rcpt", most: 1, times: 2}, {name: "handing", self: true, most: 1, times: 3},
		{name: "handed", self: true, most: 1, times: 1}, {name: "text", most: 1, times: 1},
		{name: "accepted", most: 2, times: 1}, {name: "accepted", most: 2, times: 2},
		{name: "accepted", most: 2, times: 4}, {name: "sent", self: true, most: 2, times: 3},
	} {
		e := k.event(t, 10, 5)
		k.take(t, e, "canary@example.jp")
		k.cancel(t, e)
		office.mu.Lock()
		office.ids = nil
		office.mu.Unlock()
		o := order{URL: k.LoginURL, Dir: k.dir, SMTP: office.address, Event: e.ID, Now: k.clock.Now()}
		for range point.times {
			k.untilUnlocked(t)
			if k.number(
				t,
				"select count(*) from notice where event_id = $1 and state = 'due' and handovers < 2",
				e.ID,
			) == 0 {
				break // settled: there is nothing more to be killed at
			}
			if point.self {
				o.Die = point.name
				office.work(t, o, "")
			} else {
				office.work(t, o, point.name)
			}
		}
		o.Die = ""
		for range 2 {
			k.untilUnlocked(t)
			office.work(t, o, "")
		}
		office.mu.Lock()
		ids := slices.Clone(office.ids)
		office.mu.Unlock()
		if len(ids) < 1 || len(ids) > point.most || len(slices.Compact(ids)) != 1 || ids[0] == "" {
			t.Errorf(
				"killed %d times at %s: accepted %d times, with ids %q; want 1 to %d of one",
				point.times,
				point.name,
				len(ids),
				ids,
				point.most,
			)
		}
		k.expect(t, e, "cancellation sent")
	}
}
