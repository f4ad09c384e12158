package admission

import (
	"context"
	"crypto/rand"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestMain(m *testing.M) { testkit.Main(m) }

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// kit is one test's ground: a database, a clock that stands, and as many processes as are asked
// for.
type kit struct {
	bundle *testkit.Bundle
	admin  *pgxpool.Pool
	clock  *clock.Fake
	keys   *secret.Keys
	org    uuid.UUID
}

func setup(t testing.TB) *kit {
	t.Helper()
	key := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(key)
	keys, err := secret.NewKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	k := &kit{bundle: testkit.Database(t), keys: keys}
	k.admin = k.bundle.Pool(t)
	k.clock = clock.NewFake(clock.Today(clock.System()).At(10, 5)) // past the window of the hour before
	k.org = testkit.NewOrganization(t, k.admin, "kita")
	return k
}

// process is one replica.
type process struct {
	*Service
	tickets *ticket.Service
	db      *postgres.DB
}

func (k *kit) process(t testing.TB) *process {
	t.Helper()
	db := testkit.Open(t, postgres.Options{URL: k.bundle.LoginURL, Public: 6, Worker: 1, Clock: k.clock})
	tickets := ticket.New(db, k.keys, rand.Reader, nil)
	t.Cleanup(tickets.Close)
	g := New(Options{DB: db, Keys: k.keys, Random: rand.Reader, Tickets: tickets, Exempt: loopback})
	return &process{Service: g, tickets: tickets, db: db}
}

func beat(t testing.TB, all ...*process) {
	t.Helper()
	for range 2 { // so that the first hears of the last
		for _, p := range all {
			if err := p.Beat(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func (k *kit) event(t testing.TB, capacity int) testkit.Event {
	t.Helper()
	return testkit.NewEvent(
		t,
		k.admin,
		k.org,
		testkit.EventOptions{Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: capacity}}}}},
	)
}

func (k *kit) taken(t testing.TB, e testkit.Event) int {
	t.Helper()
	var n int
	if err := k.admin.QueryRow(
		t.Context(),
		`select taken from quota_counter where quota_id = $1`,
		e.Quota(),
	).Scan(
		&n,
	); err != nil {
		t.Fatal(err)
	}
	return n
}

func ask(e testkit.Event, seats int) ticket.Request {
	return ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: seats}
}

func address(s string) netip.Addr { return netip.MustParseAddr(s) }

// try takes seats and gives the challenge of a refusal.
func (p *process) try(t testing.TB, from string, r ticket.Request, proof string) (ticket.Ticket, *Challenge, error) {
	t.Helper()
	_, got, err := p.Take(context.WithoutCancel(t.Context()), address(from), r, proof)
	return got, challengeOf(err), err
}

// challengeOf gives what a refusal asks for; nil when it asks for nothing.
func challengeOf(err error) *Challenge {
	if f, ok := fault.As(err); ok {
		if c, ok := f.Params[ParamChallenge].(Challenge); ok {
			return &c
		}
	}
	return nil
}

func wantError(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

// solve does the work.
func solve(c *Challenge) string {
	proof, _ := Solve(c.Token, c.Bits)
	return proof
}

// until moves the clock to a moment, not back.
func (k *kit) until(at time.Time) {
	if at.After(k.clock.Now()) {
		k.clock.Set(at)
	}
}
