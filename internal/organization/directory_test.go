package organization_test

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

// A reading that began before a write of this process and ends after it must not hide the write.
func TestDirectoryReadingOvertakenByAWrite(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ref := b.establish(t, toshima)[0]
	// The directory reads organizations first and then waits here, at the partnerships.
	unlock := b.lockDirectory(t)
	overtaken := make(chan error, 1)
	go func() { overtaken <- b.directory.Refresh(t.Context()) }()
	for b.waiting(t) == 0 {
		runtime.Gosched()
	}
	change := organization.Change{Area: ptr("池袋")}
	if _, err := b.service.Update(t.Context(), ref.ID, postgres.StaffActor(uuid.New()), change); err != nil {
		t.Fatal(err)
	}
	unlock()
	if err := <-overtaken; err != nil {
		t.Fatal(err)
	}
	if o, err := b.directory.ByID(t.Context(), ref.ID); err != nil || o.Area != "池袋" {
		t.Errorf("the overtaken reading won: %q, %v", o.Area, err)
	}
}

// [O1] A stale view is served at once, however long its reading takes, and by whom it is read
// nobody waits.
func TestDirectoryServesStaleViewsWhileOneIsRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		quiet time.Duration
		read  bool // whether a new view is looked for at all
	}{
		"fresh":                     {5*time.Second - 1, false},
		"stale":                     {5 * time.Second, true},
		"stale for long":            {10*time.Second - 1, true},
		"quiet, waited for a while": {10 * time.Second, true},
		"about to be too old":       {15*time.Minute - 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.establish(t, toshima)
			view, err := b.directory.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			unlock := b.lockDirectory(t)
			b.clock.Advance(tt.quiet)
			if got, err := b.directory.View(t.Context()); got != view || err != nil {
				t.Fatalf("another view, %v", err)
			}
			for tt.read && b.waiting(t) == 0 { // until the reading in the background is seen
				runtime.Gosched()
			}
			if n := b.waiting(t); !tt.read && n != 0 {
				t.Errorf("%d readings of what is fresh", n)
			}
			unlock()
		})
	}
}

// Who asks after a long quiet waits for a new view, when it can be had.
func TestDirectoryAfterAQuietNight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.establish(t, toshima)
	elsewhere := organization.NewDirectory(b.db)
	if err := elsewhere.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	renamed := toshima
	renamed.Name = "新しい名前"
	b.establish(t, renamed, bunkyo)
	b.clock.Advance(10 * time.Second)
	if o, err := elsewhere.BySlug(t.Context(), "toshima"); err != nil || o.Name != renamed.Name {
		t.Errorf("the first after the night saw %s, %v", o.Name, err)
	}
}

// What a stale view doesn't know is looked for in a new one: an organization that was just set up
// is there for the first who asks.
func TestDirectoryLooksAgainForWhatIsNew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.establish(t, toshima)
	elsewhere := organization.NewDirectory(b.db)
	if err := elsewhere.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	ref := b.establish(t, bunkyo)[0]
	if _, err := elsewhere.BySlug(t.Context(), "bunkyo"); !errors.Is(err, organization.ErrNotFound) {
		t.Errorf("a fresh view was read again: %v", err)
	}
	// A row of a transaction may name it already.
	ctx, err := organization.Hold(t.Context(), elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	view, err := elsewhere.View(ctx)
	if err != nil {
		t.Fatal(err)
	}
	err = b.db.InPublic(ctx, func(tx *postgres.Tx) error {
		if got, err := view.RefTx(tx, ref.ID); got != ref || err != nil {
			t.Errorf("named %+v, %v", got, err)
		}
		if _, err := view.RefTx(tx, uuid.New()); !errors.Is(err, organization.ErrNotFound) {
			t.Errorf("nobody has a name: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(5 * time.Second)
	if o, err := elsewhere.BySlug(t.Context(), "bunkyo"); err != nil || o.ID != ref.ID {
		t.Errorf("not there: %v", err)
	}
	if _, err := elsewhere.BySlug(t.Context(), "nowhere"); !errors.Is(err, organization.ErrNotFound) {
		t.Errorf("there is no such organization: %v", err)
	}
}

// While the database is away the last view is served for a quarter of an hour, and an unknown
// organization is not called unknown.
func TestDirectoryWithoutADatabase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.establish(t, toshima)
	db := testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 1, Clock: b.clock})
	directory := organization.NewDirectory(db)
	view, err := directory.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db.Close() // nothing can be read any more
	b.clock.Advance(15*time.Minute - 1)
	for range 3 {
		if got, err := directory.View(t.Context()); got != view || err != nil {
			t.Fatalf("another view, %v", err)
		}
	}
	if _, err := directory.BySlug(t.Context(), "nowhere"); err == nil || errors.Is(err, organization.ErrNotFound) {
		t.Errorf("what can't be looked up is said to be unknown: %v", err)
	}
	b.clock.Advance(1)
	if got, err := directory.View(t.Context()); err == nil {
		t.Errorf("a view of a quarter of an hour ago: %p", got)
	}
}

// [O1] A view is not to be asked for in a transaction; the guard says so also while it is fresh.
func TestDirectoryInATransaction(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ref := b.establish(t, toshima)[0]
	var found atomic.Int32
	db := testkit.Open(
		t,
		postgres.Options{
			URL:      b.LoginURL,
			Public:   1,
			Staff:    1,
			Clock:    b.clock,
			OnSecond: func(postgres.Second) bool { found.Add(1); return false },
		},
	)
	directory := organization.NewDirectory(db)
	if err := directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	held, err := organization.Hold(t.Context(), directory)
	if err != nil {
		t.Fatal(err)
	}
	look := func(want int32, wanted error) func(tx *postgres.Tx) error {
		return func(*postgres.Tx) error {
			before := found.Load()
			if _, err := directory.View(held); err != nil {
				t.Errorf("a view that is held: %v", err)
			}
			_, err := directory.View(t.Context())
			if n := found.Load() - before; n != want || !errors.Is(err, wanted) {
				t.Errorf("told %d times, %v; want %d, %v", n, err, want, wanted)
			}
			return nil
		}
	}
	if err := db.InPublic(t.Context(), look(1, postgres.ErrSecondConnection)); err != nil {
		t.Fatal(err)
	}
	if err := db.ReadOrganization(t.Context(), ref.ID, look(1, postgres.ErrSecondConnection)); err != nil {
		t.Fatal(err)
	}
	if err := look(0, nil)(nil); err != nil { // outside
		t.Fatal(err)
	}
}

// lockDirectory has readings wait at the partnerships until it is undone.
func (b *bundle) lockDirectory(t *testing.T) (unlock func()) {
	t.Helper()
	lock, err := b.Pool(t).Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(t.Context(), "lock table partnership in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := lock.Rollback(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// waiting counts readings that wait there.
func (b *bundle) waiting(t *testing.T) int {
	t.Helper()
	return b.count(
		t,
		"pg_locks where relation = 'partnership'::regclass and not granted and database = (select oid from "+
			"pg_database where datname = current_database())",
	)
}
