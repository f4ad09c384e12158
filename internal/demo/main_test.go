package demo_test

import (
	"context"
	"crypto/rand"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/contact"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/door"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/event/search"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/paper"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestMain(m *testing.M) { testkit.Main(m) }

type bundle struct {
	*testkit.Bundle
	clock     *clock.Fake
	dir       string
	db        *postgres.DB
	directory *organization.Directory
	events    *event.Service
	search    *search.Service
	tickets   *ticket.Service
	services  demo.Services
}

// setup gives an empty database on a day in Tokyo, at ten in the morning.
func setup(t testing.TB, today string) *bundle {
	t.Helper()
	return setupOn(t, testkit.Database(t), today, t.TempDir())
}

// The days on which several tests look at the demo as it is after its first load.
const (
	onTuesday   = "2026-11-24"
	onWednesday = "2026-06-10"
)

var loadedOn = map[string]*loadedDay{onTuesday: newLoadedDay(onTuesday), onWednesday: newLoadedDay(onWednesday)}

// loadedDay is the demo loaded on a day, which is done once for all tests that begin there.
type loadedDay struct {
	testkit.Filled

	folder map[string][]byte // the book and the keys, by path
}

func newLoadedDay(today string) *loadedDay {
	d := &loadedDay{folder: map[string][]byte{}}
	d.Fill = func(t testing.TB, database *testkit.Bundle) {
		b := setupOn(t, database, today, t.TempDir())
		b.load(t)
		folder := os.DirFS(b.dir)
		if err := fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				d.folder[path], err = fs.ReadFile(folder, path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// loaded gives the database and the folder as they are after a first load on one of the days above,
// and the book.
func loaded(t testing.TB, today string) (*bundle, *demo.Book) {
	t.Helper()
	day := loadedOn[today]
	b := setupOn(t, day.Database(t), today, t.TempDir())
	for path, content := range day.folder {
		path = filepath.Join(b.dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	book, err := demo.OpenBook(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	return b, book
}

func setupOn(t testing.TB, database *testkit.Bundle, today, dir string) *bundle {
	t.Helper()
	day, err := clock.ParseDate(today)
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{Bundle: database, clock: clock.NewFake(day.At(10, 0)), dir: dir}
	b.db = b.open(t, postgres.Options{URL: b.LoginURL, Public: 4, Staff: 4})
	owner := b.open(t, postgres.Options{URL: b.OwnerURL, Operator: 2})
	keys, err := secret.NewKeys([]byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		t.Fatal(err)
	}
	b.directory = organization.NewDirectory(b.db)
	b.events = event.NewService(b.db, b.directory, nil)
	b.search = search.NewService(b.db, b.directory)
	b.tickets = ticket.New(b.db, keys, rand.Reader, nil)
	t.Cleanup(b.tickets.Close)
	rooms := board.NewService(b.db, b.directory, keys, rand.Reader)
	bookings := booking.NewService(b.db, b.directory, rooms)
	b.services = demo.Services{
		OrganizationOperator: organization.NewService(owner, b.directory),
		StaffOperator:        staff.NewService(owner, b.directory, keys, rand.Reader),
		Staff:                staff.NewService(b.db, b.directory, keys, rand.Reader),
		Events:               b.events,
		Search:               b.search,
		Tickets:              b.tickets,
		Door:                 door.NewService(b.db, keys, rand.Reader),
		Paper:                paper.NewService(b.db, keys, rand.Reader, b.tickets),
		Venues:               venue.NewService(b.db, b.directory),
		Bookings:             bookings,
		Rounds:               round.NewService(b.db, b.directory, rooms, bookings, rand.Reader),
		Contacts:             contact.NewService(b.db, keys, net.DefaultResolver),
		ContactKeys:          b.contactKeys,
		Clock:                b.clock,
		Past: func(_ context.Context, at time.Time) (*demo.Past, error) {
			c := clock.NewFake(at)
			db := testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 4, Staff: 2, Worker: 1, Clock: c})
			return demo.OpenPast(db, c, keys, rand.Reader), nil
		},
	}
	return b
}

// contactKeys works as the worker does, in the demo's own folder.
func (b *bundle) contactKeys(ctx context.Context) error {
	keys, err := secret.NewKeys([]byte("the worker's one key, in tests of the demo"))
	if err != nil {
		return err
	}
	vault, err := contact.OpenVault(filepath.Join(b.dir, "contact-keys"), keys, rand.Reader)
	if err != nil {
		return err
	}
	db, err := postgres.Open(ctx, postgres.Options{URL: b.LoginURL, Worker: 1, Clock: b.clock})
	if err != nil {
		return err
	}
	defer db.Close()
	keeper := contact.NewKeeper(db, vault)
	if err := keeper.Start(ctx, true, false); err != nil {
		return err
	}
	_, err = keeper.MakeKeys(ctx)
	return err
}

func (b *bundle) open(t testing.TB, o postgres.Options) *postgres.DB {
	t.Helper()
	o.Clock = b.clock
	return testkit.Open(t, o)
}

// load loads as a start of the demo does, with the book that lies in its folder.
func (b *bundle) load(t testing.TB) *demo.Book {
	t.Helper()
	book, err := demo.OpenBook(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), b.services, book); err != nil {
		t.Fatal(err)
	}
	return book
}

var tables = []string{
	"organization",
	"partnership",
	"partnership_member",
	"staff",
	"api_token",
	"event",
	"event_organiser",
	"series",
	"series_month",
	"occurrence",
	"part",
	"booth",
	"quota",
	"joining_link",
	"ticket",
	"ticket_wish",
	"booking",
	"booking_round",
	"booking_application",
	"event_room",
	"door_link",
	"door_counter",
	"door_tap",
	"audit_entry",
}

func (b *bundle) counts(t *testing.T) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range tables {
		var n int
		if err := b.Pool(t).QueryRow(t.Context(), "select count(*) from "+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}

func (b *bundle) view(t *testing.T) *organization.View {
	t.Helper()
	view, err := b.directory.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return view
}

// all gives every programme's event by id, as its owner's staff see it.
func (b *bundle) all(t *testing.T) map[string]event.Event {
	t.Helper()
	programmes, err := demo.Programmes()
	if err != nil {
		t.Fatal(err)
	}
	found, byOwner := map[string]event.Event{}, map[string][]event.Event{}
	for _, p := range programmes {
		if byOwner[p.Owner] == nil {
			owner, err := b.view(t).BySlug(p.Owner)
			if err != nil {
				t.Fatal(err)
			}
			page, err := b.search.ListForStaff(
				t.Context(),
				owner.ID,
				search.StaffFilter{Scope: search.ScopeOwn, Limit: 100},
			)
			if err != nil {
				t.Fatal(err)
			}
			byOwner[p.Owner] = page.Items
		}
		times := 0
		for _, e := range byOwner[p.Owner] {
			if e.Title == p.Event.Title {
				found[p.ID] = e
				times++
			}
		}
		if times != 1 {
			t.Fatalf("programme %s is there %d times", p.ID, times)
		}
	}
	return found
}

// listed says how often an event is on all pages of a list.
func (b *bundle) listed(t *testing.T, f search.Filter, e event.Event) (times int) {
	t.Helper()
	f.Limit = 100
	for {
		page, err := b.search.List(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			if item.Event.ID == e.ID {
				times++
			}
		}
		if page.Next == nil {
			return times
		}
		f.After = *page.Next
	}
}

func (b *bundle) selected(t *testing.T, s search.Selector, e event.Event) (times int) {
	t.Helper()
	selection, err := b.search.Select(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range selection.Events {
		if item.ID == e.ID {
			times++
		}
	}
	return times
}

func (b *bundle) take(t *testing.T, e event.Event, q event.Quota) (secret.Ticket, ticket.Ticket) {
	t.Helper()
	code, taken, err := b.tickets.Take(
		context.WithoutCancel(t.Context()),
		ticket.Request{EventID: e.ID, QuotaID: q.ID, Seats: 1},
	)
	if err != nil {
		t.Fatalf("take a seat of %s: %v", e.Title, err)
	}
	return code, taken
}

func ahead(e event.Event, now time.Time) (found []event.Occurrence) {
	for _, o := range e.Occurrences {
		if o.StartsAt.After(now) {
			found = append(found, o)
		}
	}
	return found
}

func slugsOf(refs []organization.Ref) string {
	var all []string
	for _, r := range refs {
		all = append(all, r.Slug)
	}
	return strings.Join(all, " ")
}
