package notice_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/notice"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/web"
)

func TestMain(m *testing.M) {
	if order := os.Getenv(childOrder); order != "" {
		os.Exit(deliverAsChild(order))
	}
	testkit.Main(m)
}

type kit struct {
	*testkit.Bundle
	clock   *clock.Fake
	db      *postgres.DB
	org     uuid.UUID
	tickets *ticket.Service
	service *contact.Service
	dir     string
	vault   *contact.Vault
	keeper  *contact.Keeper
	log     *lockedBuffer
	mail    *mailbox
	pushes  *pushbox
	by      *notice.Deliverer
	counted sync.Map // outcomes by kind, of *atomic.Int64
}

type names struct{}

func (names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.MustParseAddr("8.8.8.8")}, nil
}

func keys(t testing.TB, text string) *secret.Keys {
	t.Helper()
	k, err := secret.NewKeys([]byte(text + strings.Repeat("-", secret.MinKeyBytes) + "0"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func setup(t *testing.T) *kit {
	t.Helper()
	k := &kit{
		Bundle: testkit.Database(
			t,
		),
		clock:  clock.NewFake(clock.Today(clock.System()).At(10, 0)),
		dir:    filepath.Join(t.TempDir(), "keys"),
		log:    &lockedBuffer{},
		mail:   &mailbox{},
		pushes: &pushbox{},
	}
	var err error
	k.db = testkit.Open(t, postgres.Options{URL: k.LoginURL, Public: 4, Worker: 8, Clock: k.clock})
	k.org = testkit.NewOrganization(t, k.Pool(t), "kita")
	k.tickets = ticket.New(k.db, keys(t, "codes"), rand.Reader, nil)
	t.Cleanup(k.tickets.Close)
	k.service = contact.NewService(k.db, keys(t, "codes"), names{})
	if k.vault, err = contact.OpenVault(k.dir, keys(t, "worker"), rand.Reader); err != nil {
		t.Fatal(err)
	}
	k.keeper = contact.NewKeeper(k.db, k.vault)
	if err := k.keeper.Start(t.Context(), true, false); err != nil {
		t.Fatal(err)
	}
	k.by = k.deliverer(t, 0, 0)
	return k
}

func (k *kit) deliverer(t testing.TB, batch int, most time.Duration) *notice.Deliverer {
	t.Helper()
	texts, err := notice.ReadTexts(web.Templates, "https://tonarimachi.example.jp")
	if err != nil {
		t.Fatal(err)
	}
	return notice.NewDeliverer(notice.Options{
		DB:       k.db,
		Contacts: k.vault,
		Mailer:   k.mail,
		Pusher:   k.pushes,
		Texts:    texts,
		Keys:     keys(t, "codes"),
		Log:      slog.New(slog.NewTextHandler(k.log, nil)),
		Batch:    batch,
		Most:     most,
		Count:    k.count,
	})
}

func (k *kit) count(kind notice.Kind, outcome string) {
	n, _ := k.counted.LoadOrStore(string(kind)+" "+outcome, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
}

// counts are those that rose.
func (k *kit) counts() map[string]int64 {
	all := map[string]int64{}
	k.counted.Range(func(name, n any) bool { all[name.(string)] = n.(*atomic.Int64).Load(); return true })
	return all
}

func (k *kit) exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := k.Pool(t).Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) number(t testing.TB, query string, args ...any) (n int) {
	t.Helper()
	if err := k.Pool(t).QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// event is one whose date has a key; capacity seats, with a waiting list.
func (k *kit) event(t testing.TB, days, capacity int) testkit.Event {
	t.Helper()
	e := testkit.NewEvent(t, k.Pool(t), k.org, testkit.EventOptions{
		StartsAt: clock.Today(
			k.clock,
		).AddDays(
			days,
		).At(
			14,
			0,
		),
		Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: capacity}}}},
	})
	k.exec(t, "update part set waiting_list = true where event_id = $1", e.ID)
	if _, err := k.keeper.MakeKeys(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.exec(t, "delete from river.river_job") // of the preparation
	return e
}

func (k *kit) take(t testing.TB, e testkit.Event, address string) (secret.Ticket, ticket.Ticket) {
	t.Helper()
	code, got, err := k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Wait: ticket.WaitQuota},
	)
	if err != nil {
		t.Fatal(err)
	}
	if address != "" {
		c, err := contact.FromMail(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.service.Put(t.Context(), code, c); err != nil {
			t.Fatal(err)
		}
	}
	return code, got
}

func (k *kit) cancel(t testing.TB, e testkit.Event) {
	t.Helper()
	k.exec(t, "update occurrence set status = 'cancelled', cancelled_at = app_now() where id = $1", e.OccurrenceID)
}

// notices gives "kind state" of all of an event, sorted.
func (k *kit) notices(t testing.TB, e testkit.Event) (all []string) {
	t.Helper()
	rows, err := k.Pool(
		t,
	).Query(
		t.Context(),
		"select kind || ' ' || state from notice where event_id = $1 order by 1",
		e.ID,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func (k *kit) expect(t testing.TB, e testkit.Event, want ...string) {
	t.Helper()
	if got := k.notices(t, e); !slices.Equal(got, want) {
		t.Errorf("notices %q, want %q", got, want)
	}
}

func (k *kit) deliver(t testing.TB, e testkit.Event, round int) string {
	t.Helper()
	next, err := k.by.Deliver(t.Context(), e.ID, round)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(next)
}

// mailbox is a mail server that says what say says.
type mailbox struct {
	mu   sync.Mutex
	sent []notice.Mail
	open int
	say  func(m notice.Mail, handed bool) error
	down bool
}

func (b *mailbox) Open(context.Context) (notice.Outbox, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return nil, notice.ErrUnreachable
	}
	b.open++
	return b, nil
}

func (b *mailbox) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open--
	return nil
}

func (b *mailbox) Send(ctx context.Context, m notice.Mail, handover notice.Handover) error {
	b.mu.Lock()
	say := b.say
	b.mu.Unlock()
	if say != nil {
		if err := say(m, false); err != nil {
			return err
		}
	}
	if err := handover(ctx); err != nil {
		return err
	}
	if say != nil {
		if err := say(m, true); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, m)
	return nil
}

func (b *mailbox) addresses() (all []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.sent {
		all = append(all, m.To.Mail())
	}
	slices.Sort(all)
	return all
}

func (b *mailbox) says(say func(m notice.Mail, handed bool) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.say = say
}

type pushbox struct {
	mu   sync.Mutex
	sent []string
	err  error
}

func (b *pushbox) Push(ctx context.Context, to contact.Push, payload []byte, handover notice.Handover) error {
	if err := handover(ctx); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	b.sent = append(b.sent, to.Endpoint+" "+string(payload))
	return nil
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

var errCanary = errors.New("a failure of the test's own")
