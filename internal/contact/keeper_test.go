package contact_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/retention"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", strconv.Itoa(testkit.Size(25, 400))); err != nil {
		panic(err)
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
}

type names struct{}

func (names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, errors.New("there is no network")
}

func keys(t testing.TB, texts ...string) *secret.Keys {
	t.Helper()
	var raw [][]byte
	for _, text := range texts {
		raw = append(raw, []byte(text+strings.Repeat("-", secret.MinKeyBytes)+"0"))
	}
	k, err := secret.NewKeys(raw...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func setup(t *testing.T) *kit {
	t.Helper()
	k := &kit{
		Bundle: testkit.Database(t),
		clock:  clock.NewFake(clock.Today(clock.System()).At(10, 0)),
		dir:    filepath.Join(t.TempDir(), "keys"),
	}
	k.db = testkit.Open(t, postgres.Options{URL: k.LoginURL, Public: 4, Worker: 4, Clock: k.clock})
	k.org = testkit.NewOrganization(t, k.Pool(t), "kita")
	k.tickets = ticket.New(k.db, keys(t, "codes"), rand.Reader, nil)
	t.Cleanup(k.tickets.Close)
	k.service = contact.NewService(k.db, keys(t, "codes"), names{})
	k.vault = k.open(t, k.dir, "first")
	k.keeper = contact.NewKeeper(k.db, k.vault)
	k.start(t, k.keeper)
	return k
}

func (k *kit) open(t *testing.T, dir string, contactKeys ...string) *contact.Vault {
	t.Helper()
	v, err := contact.OpenVault(dir, keys(t, contactKeys...), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (k *kit) start(t *testing.T, keeper *contact.Keeper) {
	t.Helper()
	if err := keeper.Start(t.Context(), true, false); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := k.Pool(t).Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func (k *kit) number(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	if err := k.Pool(t).QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *kit) event(t *testing.T, days int) testkit.Event {
	t.Helper()
	return testkit.NewEvent(
		t,
		k.Pool(t),
		k.org,
		testkit.EventOptions{StartsAt: clock.Today(k.clock).AddDays(days).At(14, 0)},
	)
}

// take takes a seat and leaves an address.
func (k *kit) take(t *testing.T, e testkit.Event, address string) secret.Ticket {
	t.Helper()
	code, _, err := k.tickets.Take(t.Context(), ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.put(t, code, address); err != nil {
		t.Fatal(err)
	}
	return code
}

func (k *kit) put(t *testing.T, code secret.Ticket, address string) error {
	t.Helper()
	c, err := contact.FromMail(address)
	if err != nil {
		t.Fatal(err)
	}
	return k.service.Put(t.Context(), code, c)
}

type kept struct {
	ticket, key uuid.UUID
	sealed      []byte
}

func (k *kit) kept(t *testing.T) (all []kept) {
	t.Helper()
	rows, err := k.Pool(t).Query(t.Context(), "select ticket_id, key_id, sealed from ticket_contact")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one kept
		if err := rows.Scan(&one.ticket, &one.key, &one.sealed); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func (k *kit) make(t *testing.T, keeper *contact.Keeper, want int) {
	t.Helper()
	if n, err := keeper.MakeKeys(t.Context()); err != nil || n != want {
		t.Fatalf("made %d keys, %v; want %d", n, err, want)
	}
}

func (k *kit) destroy(t *testing.T, want int) {
	t.Helper()
	if n, err := k.keeper.DestroyKeys(t.Context()); err != nil || n != want {
		t.Fatalf("destroyed %d keys, %v; want %d", n, err, want)
	}
}

func TestDatesThatCanBeBookedGetKeys(t *testing.T) {
	t.Parallel()
	k := setup(t)
	k.event(t, 10)
	today := clock.Today(k.clock)
	for _, o := range []testkit.EventOptions{
		{Parts: []testkit.PartOptions{{Reservation: "none"}}},
		{Status: "draft"},
		{OccurrenceStatus: "cancelled"},
		{StartsAt: today.AddDays(-1).At(14, 0)},
		{
			Parts: []testkit.PartOptions{
				{OpensAt: k.clock.Now().Add(25 * time.Hour), Quotas: []testkit.QuotaOptions{{Capacity: 1}}},
			},
		},
	} {
		testkit.NewEvent(t, k.Pool(t), k.org, o)
	}
	k.make(t, k.keeper, 1)
	k.make(t, k.keeper, 0)
	k.clock.Advance(2 * time.Hour)
	k.make(t, k.keeper, 1) // registration opens within a day
}

func TestEachDateHasOneKeyHoweverManyWorkers(t *testing.T) {
	t.Parallel()
	k := setup(t)
	for range 12 {
		k.event(t, 10)
	}
	var together sync.WaitGroup
	for range 4 {
		together.Go(func() {
			if _, err := contact.NewKeeper(k.db, k.vault).MakeKeys(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	together.Wait()
	if n := k.number(t, "select count(*) from contact_key where public_key is not null"); n != 12 {
		t.Errorf("%d keys, want 12", n)
	}
	if ids, err := k.vault.Keys(); err != nil || len(ids) != 12 {
		t.Errorf("%d files, %v", len(ids), err)
	}
}

func TestOneWhoWasKilledBetweenFileAndRowIsFollowed(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 10)
	public, err := k.vault.Make(e.OccurrenceID) // and no row
	if err != nil {
		t.Fatal(err)
	}
	k.make(t, k.keeper, 1)
	var stored []byte
	if err := k.Pool(
		t,
	).QueryRow(
		t.Context(),
		"select public_key from contact_key",
	).Scan(
		&stored,
	); err != nil ||
		!bytes.Equal(stored, public) {
		t.Errorf("the row has another key than the file, %v", err)
	}
}

// The promise: seven days after the date neither the tables nor a copy made before open to anybody.
func TestAKeyEndsWithItsDateAndBackupsAreNoise(t *testing.T) {
	t.Parallel()
	k := setup(t)
	over, later := k.event(t, 3), k.event(t, 30)
	k.make(t, k.keeper, 2)
	k.take(t, over, "canary@example.jp")
	k.take(t, later, "later@example.jp")
	backup := k.kept(t)
	for _, one := range backup {
		if c, err := k.vault.Open(one.key, one.ticket, one.sealed); err != nil || c.Mail() == "" {
			t.Fatalf("before the end: %v", err)
		}
	}
	k.clock.Set(over.EndsAt.Add(retention.AfterDate))
	k.destroy(t, 0)
	k.clock.Advance(time.Second)
	k.destroy(t, 1)
	k.destroy(t, 0)
	opened := 0
	for _, one := range backup {
		c, err := k.vault.Open(one.key, one.ticket, one.sealed)
		switch {
		case one.key == over.OccurrenceID && !errors.Is(err, contact.ErrNoKey):
			t.Errorf("a copy from before opens after the end: %v", err)
		case one.key == later.OccurrenceID && c.Mail() == "later@example.jp":
			opened++
		}
	}
	if opened != 1 || k.number(t, "select count(*) from ticket_contact") != 1 {
		t.Error("the neighbour's contact went too")
	}
	if n := k.number(
		t,
		"select count(*) from contact_key where destroyed_on is not null and public_key is null and occurrence_id = $1",
		over.OccurrenceID,
	); n != 1 {
		t.Error("the row does not tell that the key was destroyed")
	}
	k.make(t, k.keeper, 0) // and no second one is made

	// The old database is brought back: its keys are written off, not believed.
	k.exec(
		t,
		"update contact_key set public_key = convert_to(repeat('x', 1216), 'UTF8'), destroyed_on = null where "+
			"occurrence_id = $1",
		over.OccurrenceID,
	)
	k.exec(
		t,
		"update occurrence set starts_at = starts_at + interval '1 year', ends_at = ends_at + interval '1 year' "+
			"where id = $1",
		over.OccurrenceID,
	)
	k.destroy(t, 0)
	if n := k.number(t, "select count(*) from contact_key where public_key is not null"); n != 1 {
		t.Errorf("%d keys are believed, want 1", n)
	}
	// A key that the database brought back does not know is destroyed.
	if _, err := k.vault.Make(uuid.New()); err != nil {
		t.Fatal(err)
	}
	k.destroy(t, 1)
}

func TestAPutOffDateKeepsItsKey(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3)
	k.make(t, k.keeper, 1)
	k.exec(t, "update occurrence set status = 'postponed' where id = $1", e.OccurrenceID)
	k.clock.Set(e.EndsAt.Add(retention.AfterPutOffDate))
	k.destroy(t, 0)
	k.clock.Advance(time.Second)
	k.destroy(t, 1)
}

func TestNeitherTheFolderNorTheKeyAloneOpens(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3)
	k.make(t, k.keeper, 1)
	k.take(t, e, "canary@example.jp")
	one := k.kept(t)[0]
	if _, err := k.open(t, k.dir, "another").Open(one.key, one.ticket, one.sealed); err == nil {
		t.Error("the folder opens with another contact key")
	}
	if _, err := k.open(
		t,
		filepath.Join(t.TempDir(), "empty"),
		"first",
	).Open(
		one.key,
		one.ticket,
		one.sealed,
	); !errors.Is(
		err,
		contact.ErrNoKey,
	) {
		t.Errorf("the contact key opens without the folder: %v", err)
	}
	files, err := os.ReadDir(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", f.Name(), err)
		}
		if strings.HasPrefix(f.Name(), "new-") {
			t.Errorf("%s is left behind", f.Name())
		}
	}
	if err := os.Chmod(k.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := contact.OpenVault(
		k.dir,
		keys(t, "first"),
		rand.Reader,
	); err == nil ||
		!strings.Contains(err.Error(), "chmod 700") {
		t.Errorf("an open folder is used: %v", err)
	}
}

func TestTheContactKeyCanBeRotated(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3)
	k.make(t, k.keeper, 1)
	k.take(t, e, "sumire@example.jp")
	one := k.kept(t)[0]
	_, public, err := k.vault.PushKeys()
	if err != nil {
		t.Fatal(err)
	}
	k.start(t, contact.NewKeeper(k.db, k.open(t, k.dir, "second", "first")))
	alone := k.open(t, k.dir, "second")
	k.start(t, contact.NewKeeper(k.db, alone))
	if c, err := alone.Open(one.key, one.ticket, one.sealed); err != nil || c.Mail() != "sumire@example.jp" {
		t.Errorf("after the rotation: %q, %v", c.Mail(), err)
	}
	if _, still, err := alone.PushKeys(); err != nil || still != public {
		t.Errorf("the push key changed: %v", err)
	}
	if err := contact.NewKeeper(k.db, k.open(t, k.dir, "third")).Start(t.Context(), true, false); err == nil {
		t.Error("a worker starts with a contact key that opens nothing")
	}
}

// Two workers must not have two halves of the keys.
func TestAnotherFolderIsRefusedWhileKeysAreNeeded(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3)
	k.make(t, k.keeper, 1)
	k.take(t, e, "sumire@example.jp")
	other := contact.NewKeeper(k.db, k.open(t, filepath.Join(t.TempDir(), "other"), "first"))
	if err := other.Start(t.Context(), true, false); !errors.Is(err, contact.ErrForeign) {
		t.Fatalf("another folder: %v", err)
	}
	if _, err := other.MakeKeys(t.Context()); !errors.Is(err, contact.ErrForeign) {
		t.Errorf("another folder makes keys: %v", err)
	}
	if _, err := other.DestroyKeys(t.Context()); !errors.Is(err, contact.ErrForeign) {
		t.Errorf("another folder destroys keys: %v", err)
	}
	if err := other.Start(t.Context(), true, true); err != nil {
		t.Fatalf("with the operator's word: %v", err)
	}
	if n := k.number(t, "select count(*) from ticket_contact"); n != 0 {
		t.Errorf("%d contacts are kept that nobody can open", n)
	}
	k.make(t, other, 1)
	if _, err := k.keeper.MakeKeys(t.Context()); !errors.Is(err, contact.ErrForeign) {
		t.Errorf("the former folder goes on: %v", err)
	}
	// A folder with keys does not join a database that knows none.
	fresh := setup(t)
	fresh.exec(t, "delete from contact_store")
	if err := contact.NewKeeper(
		fresh.db,
		k.vault,
	).Start(
		t.Context(),
		true,
		false,
	); !errors.Is(
		err,
		contact.ErrForeign,
	) {
		t.Errorf("a strange folder joins: %v", err)
	}
}

func TestAContactFollowsItsTicket(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3)
	k.make(t, k.keeper, 1)
	count := func() int { return k.number(t, "select count(*) from ticket_contact") }

	code := k.take(t, e, "sumire@example.jp")
	if err := k.put(t, code, "another@example.jp"); err != nil || count() != 1 {
		t.Errorf("a second contact: %v, %d rows", err, count())
	}
	fresh, look, err := k.tickets.Rotate(t.Context(), code)
	if err != nil || !look.HasContact {
		t.Fatalf("rotated: %v, contact %v", err, look.HasContact)
	}
	if err := k.put(t, code, "a@example.jp"); !errors.Is(err, ticket.ErrUnknown) {
		t.Errorf("the old code: %v", err)
	}
	if gone, err := k.tickets.Cancel(t.Context(), fresh); err != nil || gone.HasContact || count() != 0 {
		t.Errorf("cancelled: %v, %d contacts", err, count())
	}
	if err := k.put(t, fresh, "a@example.jp"); !errors.Is(err, contact.ErrOver) {
		t.Errorf("a cancelled ticket: %v", err)
	}

	code = k.take(t, e, "sumire@example.jp")
	if err := k.service.Remove(t.Context(), code); err != nil || count() != 0 {
		t.Errorf("removed: %v", err)
	}
	if err := k.service.Remove(t.Context(), code); err != nil {
		t.Errorf("removed twice: %v", err)
	}
	unknown, err := secret.NewTicket(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, none := range []secret.Ticket{unknown, {}} {
		if err := k.service.Remove(t.Context(), none); !errors.Is(err, ticket.ErrUnknown) {
			t.Errorf("an unknown ticket: %v", err)
		}
		if err := k.put(t, none, "a@example.jp"); !errors.Is(err, ticket.ErrUnknown) {
			t.Errorf("an unknown ticket: %v", err)
		}
	}

	k.take(t, e, "sumire@example.jp")
	k.clock.Set(e.EndsAt.Add(retention.AfterDate + time.Second))
	if _, err := ticket.NewEraser(k.db).EraseEnded(t.Context()); err != nil || count() != 0 {
		t.Errorf("erased with the ticket: %v, %d left", err, count())
	}
}

func TestALapsedWaitForgetsItsContact(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := testkit.NewEvent(t, k.Pool(t), k.org, testkit.EventOptions{
		StartsAt: clock.Today(
			k.clock,
		).AddDays(
			5,
		).At(
			14,
			0,
		),
		Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: 1}}}},
	})
	k.exec(t, "update part set waiting_list = true")
	k.make(t, k.keeper, 1)
	k.take(t, e, "first@example.jp")
	code, waits, err := k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Wait: ticket.WaitQuota},
	)
	if err != nil || waits.Status != ticket.Waiting {
		t.Fatalf("%s, %v", waits.Status, err)
	}
	if err := k.put(t, code, "second@example.jp"); err != nil {
		t.Fatal(err)
	}
	k.clock.Set(e.StartsAt.Add(-time.Hour))
	if n, err := ticket.LapseWaiting(t.Context(), k.db); err != nil || n != 1 {
		t.Fatalf("lapsed %d, %v", n, err)
	}
	if n := k.number(t, "select count(*) from ticket_contact"); n != 1 {
		t.Errorf("%d contacts, want that of the confirmed one", n)
	}
}

// A waiting ticket may come to another date; its contact is sealed for the last one it may come to.
func TestAWaitersContactIsSealedForTheLastDate(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := testkit.NewEvent(t, k.Pool(t), k.org, testkit.EventOptions{
		StartsAt: clock.Today(
			k.clock,
		).AddDays(
			5,
		).At(
			14,
			0,
		),
		Parts: []testkit.PartOptions{{Quotas: []testkit.QuotaOptions{{Capacity: 1}}}},
	})
	var second uuid.UUID
	if err := k.Pool(t).QueryRow(t.Context(), `
		with o as (insert into occurrence (organization_id, event_id, starts_at, ends_at, place_kind)
		  select organization_id, event_id, starts_at + interval '7 days', ends_at + interval '7 days', place_kind
		  from occurrence where id = $1 returning *),
		p as (insert into part (organization_id, event_id, occurrence_id, position, starts_at, ends_at, reservation)
		  select organization_id, event_id, id, 0, starts_at, ends_at, 'seat' from o returning *),
		q as (insert into quota (organization_id, event_id, occurrence_id, part_id, channel)
		  select organization_id, event_id, occurrence_id, id, 'in_person' from p returning *),
		c as (insert into quota_counter (organization_id, event_id, occurrence_id, quota_id, capacity)
		  select organization_id, event_id, occurrence_id, id, 1 from q)
		select occurrence_id from q`, e.OccurrenceID).Scan(&second); err != nil {
		t.Fatal(err)
	}
	k.exec(t, "update part set waiting_list = true")
	k.exec(t, "update quota_counter set accepting = true")
	k.make(t, k.keeper, 2)
	k.take(t, e, "first@example.jp")
	if _, _, err := k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: quotaOf(t, k, second), Seats: 1},
	); err != nil {
		t.Fatal(err)
	}
	code, waits, err := k.tickets.Take(
		t.Context(),
		ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: 1, Wait: ticket.WaitAnyDate},
	)
	if err != nil || waits.Status != ticket.Waiting {
		t.Fatalf("%s, %v", waits.Status, err)
	}
	if err := k.put(t, code, "waits@example.jp"); err != nil {
		t.Fatal(err)
	}
	var key uuid.UUID
	if err := k.Pool(
		t,
	).QueryRow(
		t.Context(),
		"select key_id from ticket_contact where ticket_id = $1",
		waits.ID,
	).Scan(
		&key,
	); err != nil ||
		key != second {
		t.Errorf("sealed for %s, want %s, %v", key, second, err)
	}
}

func quotaOf(t *testing.T, k *kit, occurrence uuid.UUID) (id uuid.UUID) {
	t.Helper()
	if err := k.Pool(
		t,
	).QueryRow(
		t.Context(),
		"select id from quota where occurrence_id = $1",
		occurrence,
	).Scan(
		&id,
	); err != nil {
		t.Fatal(err)
	}
	return id
}

// What a thief of the whole database, its log of writes included, finds of an address.
func TestTheAddressStandsNowhere(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3)
	k.make(t, k.keeper, 1)
	k.take(t, e, "canary-contact@example.jp")
	rows, err := k.Pool(t).Query(t.Context(), `
		select format('select %L, count(*) from %I.%I x where strpos(x::text, $1) > 0 or strpos(x::text, $2) > 0',
		  relname, nspname, relname)
		from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('public', 'river')
		  and relkind = 'r'`)
	if err != nil {
		t.Fatal(err)
	}
	var queries []string
	for rows.Next() {
		var q string
		if err := rows.Scan(&q); err != nil {
			t.Fatal(err)
		}
		queries = append(queries, q)
	}
	if err := rows.Err(); err != nil || len(queries) < 20 {
		t.Fatalf("%d tables, %v", len(queries), err)
	}
	for _, mark := range []string{"canary-contact"} {
		for _, q := range queries {
			var table string
			var n int
			if err := k.Pool(
				t,
			).QueryRow(
				t.Context(),
				q,
				mark,
				hex.EncodeToString([]byte(mark)),
			).Scan(
				&table,
				&n,
			); err != nil ||
				n > 0 {
				t.Errorf("%s: %d, %v", table, n, err)
			}
		}
	}
	if n := k.number(
		t,
		"select count(*) from pg_stat_activity where strpos(query, 'canary-contact') > 0 and pid <> pg_backend_pid()",
	); n != 0 {
		t.Errorf("%d sessions show the address", n)
	}
	if n := k.number(
		t,
		"select count(*) from information_schema.columns where table_name = 'ticket_contact' and data_type like "+
			"'%time%'",
	); n != 0 {
		t.Error("a contact has a time beside it")
	}
}

func TestNobodyButTheWorkerReadsWhatIsSealed(t *testing.T) {
	t.Parallel()
	k := setup(t)
	e := k.event(t, 3)
	k.make(t, k.keeper, 1)
	k.take(t, e, "sumire@example.jp")
	for _, role := range []string{"tnm_public", "tnm_staff", "tnm_operator", "tnm_ledger"} {
		if n := k.number(
			t,
			"select has_column_privilege($1, 'ticket_contact', 'sealed', 'select')::int",
			role,
		); n != 0 {
			t.Errorf("%s may read what is sealed", role)
		}
	}
	for _, role := range []string{"tnm_staff", "tnm_operator"} {
		for _, table := range []string{"ticket_contact", "notice", "contact_key", "contact_store"} {
			if n := k.number(t, "select has_any_column_privilege($1, $2, 'select')::int", role, table); n != 0 {
				t.Errorf("%s may read %s", role, table)
			}
		}
	}
	if n := k.number(t, "select has_table_privilege('tnm_public', 'notice', 'select')::int"); n != 0 {
		t.Error("the public role may read notices")
	}
	// A stranger sees not even that one is there.
	err := k.db.InPublic(t.Context(), func(tx *postgres.Tx) error {
		var n int
		if err := tx.Pgx.QueryRow(
			t.Context(),
			"select count(*) from (select ticket_id from ticket_contact) x",
		).Scan(
			&n,
		); err != nil ||
			n != 0 {
			t.Errorf("a stranger sees %d contacts, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
