package admission

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func newSecret(t testing.TB) secret.Ticket {
	t.Helper()
	s, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rush makes an event contested: so many networks take a seat each.
func rush(t testing.TB, p *process, e testkit.Event, n int) {
	t.Helper()
	for i := range n {
		if _, _, err := p.try(t, fmt.Sprintf("192.0.%d.1", i), ask(e, 1), ""); err != nil {
			t.Fatalf("rush %d: %v", i, err)
		}
	}
}

func TestQuietEventsAskNobody(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 300)
	p := k.process(t)
	for i := range 60 { // one each two seconds, three hundred seats: no contest
		if _, _, err := p.try(t, fmt.Sprintf("192.0.%d.1", i), ask(e, 1), ""); err != nil {
			t.Fatalf("%d: %v", i, err)
		}
		k.clock.Advance(2 * time.Second)
	}
}

func TestContestedEventsAskForWork(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e, other := k.event(t, 20), k.event(t, 20)
	p, replica := k.process(t), k.process(t)
	rush(t, p, e, busyFrom)
	_, c, err := p.try(t, "198.51.100.1", ask(e, 1), "")
	wantError(t, "a newcomer", err, ErrProofNeeded)
	if c == nil || c.WorkAfter.After(k.clock.Now()) || c.WaitUntil.Sub(k.clock.Now()) < baseWait {
		t.Fatalf("challenge %+v", c)
	}
	if _, _, err := p.try(t, "198.51.100.1", ask(other, 1), ""); err != nil {
		t.Errorf("another event: %v", err)
	}
	proof := solve(c)
	_, fresh, err := p.try(t, "198.51.100.1", ask(other, 1), proof)
	wantError(t, "the proof at another event", err, ErrChallenge)
	if fresh == nil {
		t.Error("no fresh challenge")
	}
	// At another replica, too: it is stateless.
	r := ask(e, 1)
	r.Secret = newSecret(t)
	got, _, err := replica.try(t, "198.51.100.1", r, proof)
	if err != nil {
		t.Fatalf("solved: %v", err)
	}
	if again, _, err := p.try(t, "198.51.100.1", r, proof); err != nil || again.ID != got.ID {
		t.Errorf("the same request again: %v", err)
	}
	for _, at := range []*process{p, replica} {
		_, fresh, err = at.try(t, "198.51.101.1", ask(e, 1), proof)
		wantError(t, "a challenge spent twice", err, ErrSpent)
		if fresh == nil {
			t.Error("no fresh challenge")
		}
	}
	// Without script: the token alone, not too soon.
	_, c, _ = p.try(t, "198.51.102.1", ask(e, 1), "")
	_, _, err = p.try(t, "198.51.102.1", ask(e, 1), c.Token)
	wantError(t, "too soon", err, ErrEarly)
	if f, _ := fault.As(err); f.Params["seconds"] != int(c.WaitUntil.Sub(k.clock.Now())/time.Second) {
		t.Errorf("told to wait %v seconds", f.Params["seconds"])
	}
	k.until(c.WaitUntil)
	if _, _, err := p.try(t, "198.51.102.1", ask(e, 1), c.Token); err != nil {
		t.Errorf("after waiting: %v", err)
	}
	_, _, err = p.try(t, "198.51.103.1", ask(e, 1), c.Token)
	wantError(t, "one token, two seats", err, ErrSpent)
	k.clock.Advance(contestedFor + time.Minute)
	if _, _, err := p.try(t, "198.51.104.1", ask(e, 1), ""); err != nil {
		t.Errorf("after the rush: %v", err)
	}
}

// Of many that bring the same proof at the same moment to several processes, one gets a seat.
func TestOneProofOneTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 50)
	all := []*process{k.process(t), k.process(t), k.process(t)}
	rush(t, all[0], e, busyFrom+1)
	_, c, err := all[0].try(t, "198.51.100.1", ask(e, 1), "")
	wantError(t, "a newcomer", err, ErrProofNeeded)
	proof := solve(c)
	before := k.taken(t, e)
	race := func() int {
		var granted atomic.Int32
		var group sync.WaitGroup
		for i := range 24 {
			group.Go(func() {
				if _, _, err := all[i%3].try(t, fmt.Sprintf("10.%d.0.1", i), ask(e, 1), proof); err == nil {
					granted.Add(1)
				}
			})
		}
		group.Wait()
		return int(granted.Load())
	}
	if n := race(); n != 1 || k.taken(t, e) != before+1 {
		t.Errorf("%d tickets for one proof", n)
	}
	// The negative control: without the key it is good for all.
	if _, err := k.admin.Exec(
		t.Context(),
		`delete from guard_spent; alter table guard_spent drop constraint guard_spent_pkey;
		create or replace function guard_spend(id bytea,
		  expires_at timestamptz) returns boolean language sql security definer set search_path = public, pg_temp
		as $$ insert into guard_spent (id, expires_at) values ($1, $2) on conflict do nothing returning true $$`,
	); err != nil {
		t.Fatal(err)
	}
	if n := race(); n < 2 {
		t.Errorf("without the key %d tickets for one proof: the race proves nothing", n)
	}
}

func TestBadProofs(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	p := k.process(t)
	c, err := p.challenge(e.ID, 0, k.clock.Now(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	proof := solve(&c)
	raw, _ := base64.RawURLEncoding.DecodeString(c.Token)
	foreign := &Service{keys: setup(t).keys, random: rand.Reader}
	other, _ := foreign.challenge(e.ID, 0, k.clock.Now(), time.Time{})
	for what, bad := range map[string]string{
		"nonsense": "nonsense", "empty token": "~1.2", "another key": other.Token, "padding": c.Token + "=",
		"a space": " " + c.Token, "too long": c.Token + strings.Repeat("~", MaxProof), "half": c.Token[:60],
	} {
		_, _, err := p.try(t, "203.0.113.1", ask(e, 1), bad)
		wantError(t, what, err, ErrChallenge)
	}
	for i := range raw { // every bit counts
		forged := bytes.Clone(raw)
		forged[i] ^= 1
		_, _, err := p.try(t, "203.0.113.1", ask(e, 1), base64.RawURLEncoding.EncodeToString(forged))
		wantError(t, fmt.Sprint("forged byte ", i), err, ErrChallenge)
	}
	numbers := strings.TrimPrefix(proof, c.Token+"~")
	for what, bad := range map[string]string{
		"none": "", "one": "1", "one too few": numbers[:strings.LastIndex(numbers, ".")],
		"one too many": numbers + ".1", "signs": "+" + numbers, "zeros": "0" + numbers,
		"words": strings.Repeat("a.", 15) + "a", "huge": strings.Repeat("4294967296.", 15) + "1",
		"wrong": strings.Repeat("1.", 15) + "1", "hex": "0x1" + numbers,
	} {
		_, _, err := p.try(t, "203.0.113.1", ask(e, 1), c.Token+"~"+bad)
		wantError(t, what, err, ErrWork)
	}
	if n := k.taken(t, e); n != 0 {
		t.Errorf("%d seats for bad proofs", n)
	}
	if _, _, err := p.try(t, "203.0.113.1", ask(e, 1), proof); err != nil {
		t.Errorf("the good one after all of them: %v", err)
	}
}

// Work and patience grow together, and the work is what it says.
func TestWorkGrows(t *testing.T) {
	t.Parallel()
	k := setup(t)
	p := k.process(t)
	for level := range maxLevel + 3 {
		c, err := p.challenge(uuid.New(), level, k.clock.Now(), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		l := min(level, maxLevel)
		if c.Bits != baseBits+l || c.WaitUntil.Sub(k.clock.Now()) != baseWait<<l {
			t.Errorf("level %d: %d bits, %v", level, c.Bits, c.WaitUntil.Sub(k.clock.Now()))
		}
		if level == 0 {
			_, tries := Solve(c.Token, c.Bits)
			if mean := Puzzles << baseBits; tries < mean/4 || tries > mean*4 {
				t.Errorf("%d tries, want about %d", tries, mean)
			}
		}
	}
	for capacity, level := range map[int]int{20: 1, 10: 3} { // so many left in the last minute
		e := k.event(t, capacity)
		rush(t, p, e, busyFrom)
		_, c, _ := p.try(t, "198.51.100.1", ask(e, 1), "")
		if c == nil || c.Bits != baseBits+level {
			t.Errorf("%d of %d taken in a minute: %+v, want level %d", busyFrom, capacity, c, level)
		}
		k.clock.Advance(window)
	}
}

// A network that takes seats of many events is asked for work, not kept out.
func TestBusyNetworks(t *testing.T) {
	t.Parallel()
	k := setup(t)
	p := k.process(t)
	asked := 0
	for i := range 30 {
		e := k.event(t, 20)
		_, c, err := p.try(t, "203.0.113.1", ask(e, 1), "")
		if err == nil {
			continue
		}
		asked++
		if i < busyNetwork || c == nil || c.WorkAfter.After(k.clock.Now()) {
			t.Fatalf("event %d: %v %+v", i, err, c)
		}
		if _, _, err := p.try(t, "203.0.113.1", ask(e, 1), solve(c)); err != nil {
			t.Errorf("event %d with work: %v", i, err)
		}
	}
	if asked != 30-busyNetwork {
		t.Errorf("asked %d times", asked)
	}
}

// What the tables hold of a network leads back to nobody and does not stay.
func TestWhatIsKeptOfNetworks(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 20)
	a, b := k.process(t), k.process(t)
	beat(t, a, b)
	if _, _, err := a.try(t, "203.0.113.77", ask(e, 1), ""); err != nil {
		t.Fatal(err)
	}
	var rows, unlogged int
	if err := k.admin.QueryRow(t.Context(), `select (select count(*) from guard_share),
		(select count(*) from pg_class where relname in ('guard_share', 'guard_key', 'guard_process')
			and relpersistence = 'u')`).Scan(&rows, &unlogged); err != nil {
		t.Fatal(err)
	}
	if rows != 1 || unlogged != 3 {
		t.Errorf("%d rows, %d unlogged tables", rows, unlogged)
	}
	for _, statement := range []string{
		"select * from guard_share",
		"select * from guard_key",
		"select * from guard_spent",
		"select * from guard_process",
		"delete from guard_share",
	} {
		err := a.db.InTicket(t.Context(), nil, func(tx *postgres.Tx) error {
			_, err := tx.Pgx.Exec(t.Context(), statement)
			return err
		})
		if state, _ := postgres.Constraint(err); state != "42501" {
			t.Errorf("%s: %v, want permission denied", statement, err)
		}
	}
	k.clock.Advance(4 * time.Hour)
	if n, err := Forget(t.Context(), a.db); err != nil || n < 4 {
		t.Errorf("forgot %d, %v", n, err)
	}
	if err := k.admin.QueryRow(
		t.Context(),
		`select (select count(*) from guard_share) + (select count(*) from guard_key) + (select count(*)
			from guard_process)`,
	).Scan(
		&rows,
	); err != nil ||
		rows != 0 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}

func FuzzProof(f *testing.F) {
	keys, err := secret.NewKeys([]byte("the one key of the tests of package guard"))
	if err != nil {
		f.Fatal(err)
	}
	now := clock.Today(clock.System()).At(10, 0)
	g := &Service{keys: keys, random: rand.Reader}
	event := uuid.New()
	c, err := g.challenge(event, 0, now, time.Time{})
	if err != nil {
		f.Fatal(err)
	}
	proof := solve(&c)
	for _, seed := range []string{"", "~", c.Token, proof, proof + ".1", c.Token + "~"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if _, err := g.check(typed, event, now); err == nil && typed != proof {
			t.Fatalf("%q is accepted", typed)
		} else if err != nil && fault.KindOf(err) != fault.KindInvalid && fault.KindOf(err) != fault.KindConflict {
			t.Fatalf("%q: %v", typed, err)
		}
	})
}

// nobody's request: a look into two maps.
func BenchmarkUncontested(b *testing.B) {
	k := setup(b)
	e := k.event(b, 1000)
	p := k.process(b)
	p.tickets, p.Service.tickets = nil, nothing{}
	from := address("203.0.113.1")
	r := ask(e, 1)
	b.ReportAllocs()
	for b.Loop() {
		j := p.evaluate(from, Request{Event: r.EventID, Quota: r.QuotaID, Seats: 1})
		pass, err := j.decide(b.Context(), "")
		if err != nil {
			b.Fatal(err)
		}
		pass.Settle(b.Context(), ticket.ErrClosed)
		j.quotas[0].pool.bins = [demandBins]int{}
	}
}

type nothing struct{ Tickets }
