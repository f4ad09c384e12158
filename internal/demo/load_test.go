package demo_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/staff"
)

// The acceptance cases, in the order in which they were written down.
var ids = []string{
	"ux-joshikai",
	"ux-mamakai",
	"toshima-goudou",
	"toshima-supporters-lecture",
	"rakunokai-monthly",
	"osd-salon",
	"osd-lectures",
	"wakamono-sawakai",
	"furatto-yorugohan",
	"comoly",
	"bunkyo-step-joshikai",
	"bunkyo-step-yotsubaan",
	"bunkyo-step-soudan",
	"bunkyo-chiyoda-taito-kouenkai",
	"bunkyo-jinzai",
	"toshima-network",
	"toshima-kyujitsu",
	"adachi-shucchou",
	"adachi-seminar",
	"demo-today",
	"demo-full",
	"demo-lottery",
}

func TestEveryProgrammeIsThere(t *testing.T) {
	t.Parallel()
	programmes, err := demo.Programmes()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range programmes {
		got = append(got, p.ID)
	}
	if !reflect.DeepEqual(got, ids) {
		t.Errorf("got %v\nwant %v", got, ids)
	}
	roster, err := demo.Roster()
	if err != nil {
		t.Fatal(err)
	}
	if len(roster.Municipalities) != 10 || len(roster.PartnerGroups) != 9 || len(roster.Partnerships) != 2 {
		t.Errorf(
			"%d municipalities, %d groups, %d partnerships",
			len(roster.Municipalities),
			len(roster.PartnerGroups),
			len(roster.Partnerships),
		)
	}
}

func TestNobodyIsNamed(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"organizations.yaml", "programmes.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, sign := range []string{"@", "03-", "042-", "070-", "080-", "090-"} {
			if strings.Contains(string(text), sign) {
				t.Errorf("%s has %q", name, sign)
			}
		}
	}
}

func TestLoadOnAnyDay(t *testing.T) {
	t.Parallel()
	for _, today := range []string{"2026-04-01", "2027-01-31", "2028-02-29", "2026-12-31"} {
		t.Run(today, func(t *testing.T) {
			t.Parallel()
			b := setup(t, today)
			book := b.load(t)
			first := b.counts(t)
			people := 19
			for _, a := range book.Accounts {
				if a.Second != nil {
					people++
				}
			}
			if first["event"] != len(ids) || first["organization"] != 20 || first["staff"] != people ||
				first["api_token"] != people {
				t.Fatalf("counts %v", first)
			}
			tokens := tokensOf(book)
			b.checkDates(t)
			for id, e := range b.all(t) {
				if over := map[string]int{"toshima-supporters-lecture": 3, "bunkyo-jinzai": 4}[id]; over > 0 {
					if got := len(e.Occurrences) - len(ahead(e, b.clock.Now())); got != over {
						t.Errorf("%s has %d dates that are over, want %d", id, got, over)
					}
					continue
				}
				if len(ahead(e, b.clock.Now())) != len(e.Occurrences) && id != "demo-today" {
					t.Errorf("%s has dates in the past at first", id)
				}
			}

			again := b.load(t)
			if second := b.counts(t); !reflect.DeepEqual(first, second) {
				t.Errorf("the second load changed the counts:\n%v\n%v", first, second)
			}
			if !reflect.DeepEqual(tokens, tokensOf(again)) {
				t.Error("the second load changed the tokens")
			}

			for range 2 { // dates pass and are followed by others
				b.clock.Advance(75 * 24 * time.Hour)
				b.load(t)
				b.checkDates(t)
			}
			later := b.counts(t)
			for _, table := range []string{"organization", "staff", "api_token", "event", "event_organiser", "series"} {
				if later[table] != first[table] {
					t.Errorf("%s grew from %d to %d", table, first[table], later[table])
				}
			}
			if later["occurrence"] <= first["occurrence"] {
				t.Error("no date was added in 150 days")
			}
		})
	}
}

func tokensOf(b *demo.Book) map[string]string {
	tokens := map[string]string{}
	for _, a := range b.Accounts {
		tokens[a.Slug] = a.Token
	}
	return tokens
}

var weekdays = map[string]time.Weekday{
	"ux-joshikai":       time.Saturday,
	"ux-mamakai":        time.Sunday,
	"toshima-goudou":    time.Wednesday,
	"rakunokai-monthly": time.Saturday,
	"osd-salon":         time.Saturday,
	"toshima-kyujitsu":  time.Sunday,
}

// checkDates holds on every day on which the demo is loaded.
func (b *bundle) checkDates(t *testing.T) {
	t.Helper()
	now := b.clock.Now()
	var cancelled, moved, postponed int
	for id, e := range b.all(t) {
		if e.Status != event.Published {
			t.Errorf("%s: %s is %s", now, id, e.Status)
		}
		upcoming := ahead(e, now)
		if len(upcoming) == 0 {
			t.Errorf("%s: %s has no date ahead", now, id)
		}
		seen := map[clock.Date]bool{}
		for _, o := range upcoming {
			day := clock.DateOf(o.StartsAt)
			if seen[day] {
				t.Errorf("%s: %s is on %s twice", now, id, day)
			}
			seen[day] = true
			if want, ok := weekdays[id]; ok && day.Weekday() != want {
				t.Errorf("%s: %s on %s, a %s", now, id, day, day.Weekday())
			}
			example := ""
			switch {
			case o.Status == event.OccurrenceCancelled:
				cancelled++
				example = o.CancelReason
			case o.Status == event.Postponed:
				postponed++
				example = o.Note
			case o.MovedFrom != nil:
				moved++
				example = o.Note
			default:
				continue
			}
			if !strings.HasPrefix(example, "（デモ）") {
				t.Errorf("%s: the example says %q", id, example)
			}
		}
		for _, o := range e.Organisers {
			if o.Approval != event.Approved {
				t.Errorf("%s: %s is %s on %s", now, o.Organization.Slug, o.Approval, id)
			}
		}
		if !strings.Contains(e.Description, "デモ用の掲載です") {
			t.Errorf("%s is not marked", id)
		}
	}
	if cancelled != 1 || moved != 1 || postponed != 1 {
		t.Errorf("%s: %d cancelled, %d moved, %d postponed, want one of each", now, cancelled, moved, postponed)
	}
}

func TestAnUnfinishedLoadIsFinished(t *testing.T) {
	t.Parallel()
	b, book := loaded(t, onWednesday)
	want := b.counts(t)
	// As if it had been killed before the last steps: an event is not there yet, one has no
	// approvals, a person has no token.
	admin := b.Pool(t)
	if _, err := admin.Exec(t.Context(), `
		alter table event_organiser disable trigger event_organiser_guard;
		update event_organiser x set approval = 'pending', decided_at = null
		from event e where e.id = x.event_id and x.organiser_id <> x.organization_id and e.title = 'ひきこもりUX女子会';
		alter table event_organiser enable trigger event_organiser_guard;
		delete from event where title = 'ひきこもりUXママ会';
		delete from api_token k using organization o where o.id = k.organization_id and o.slug = 'hino'`); err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(10 * time.Second) // what was recognised is remembered for 5 s
	before := tokensOf(book)
	after := tokensOf(b.load(t))
	got := b.counts(t)
	for _, table := range tables {
		if table != "audit_entry" && got[table] != want[table] {
			t.Errorf("%d rows of %s, want %d", got[table], table, want[table])
		}
	}
	if e := b.all(t)["ux-joshikai"]; slugsOf(e.CreditedTo(event.Host)) != seven {
		t.Errorf("hosts %v", e.Organisers)
	}
	for slug := range before {
		if (before[slug] != after[slug]) != (slug == "hino") {
			t.Errorf("token of %s: changed %v", slug, before[slug] != after[slug])
		}
	}
	b.checkAccounts(t, book)

	// Another folder's book does not open this database.
	if err := demo.ForgetBook(b.dir); err != nil {
		t.Fatal(err)
	}
	foreign, err := demo.OpenBook(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.Load(t.Context(), b.services, foreign); !errors.Is(err, demo.ErrForeignBook) {
		t.Errorf("got %v, want ErrForeignBook", err)
	}
}

// checkAccounts: private on disk, administrators all but those who approve second, tokens good for
// a year.
func (b *bundle) checkAccounts(t *testing.T, book *demo.Book) {
	t.Helper()
	info, err := os.Stat(filepath.Join(b.dir, "accounts.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	a := book.Accounts[0]
	session, err := b.services.Staff.VerifyPassword(t.Context(), a.Slug, a.Email, a.Password)
	if err != nil || session.Member.Role != staff.Admin {
		t.Errorf("%s: %v, %v", a.Slug, session.Member, err)
	}
	reread, err := demo.OpenBook(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	b.clock.Advance(364 * 24 * time.Hour)
	accounts := reread.Accounts
	for _, a := range reread.Accounts {
		if a.Second != nil {
			accounts = append(accounts, a.Second)
		}
	}
	if len(accounts) < len(reread.Accounts)+2 {
		t.Errorf("%d accounts of %d organizations", len(accounts), len(reread.Accounts))
	}
	for _, a := range accounts {
		if session, err := b.services.Staff.Authenticate(
			t.Context(),
			a.Token,
		); err != nil ||
			session.Organization.Slug != a.Slug {
			t.Errorf("%s: %v, %v", a.Slug, session.Organization.Slug, err)
		}
	}
}

// The women's gathering stands in a room of each of its towns, booked for good by the town that
// entered it, as far ahead as their rules let one book.
func TestTheWomensGatheringStandsInBookedRooms(t *testing.T) {
	t.Parallel()
	b, _ := loaded(t, onTuesday)
	e := b.all(t)["ux-joshikai"]
	rooms, lenders := 0, map[uuid.UUID]bool{}
	for _, o := range e.Occurrences {
		if o.Room == nil {
			if o.StartsAt.Before(b.clock.Now().AddDate(0, 2, 0)) && o.StartsAt.After(b.clock.Now()) {
				t.Errorf("%v stands in no booked room: %s", o.StartsAt, o.Place.Name)
			}
			continue
		}
		rooms++
		if o.NeedsPlace || o.Booking == nil || o.Place.Name != o.Room.Facility+" "+o.Room.Name ||
			o.Place.Address == "" {
			t.Errorf("%v: %+v in %+v, booked as %+v", o.StartsAt, o.Place, o.Room, o.Booking)
			continue
		}
		d, err := b.services.Bookings.Get(t.Context(), e.Owner.ID, o.Booking.ID)
		if err != nil {
			t.Fatal(err)
		}
		from := o.StartsAt
		if o.DoorsAt != nil {
			from = *o.DoorsAt
		}
		if d.Status != booking.Confirmed || d.Borrower.ID != e.Owner.ID || d.Room.ID != o.Room.ID ||
			d.StartsAt.After(from) ||
			d.EndsAt.Before(o.EndsAt) {
			t.Errorf("%v: the booking is %+v", o.StartsAt, d.Booking)
		}
		lenders[d.Lender.ID] = true
	}
	if rooms < 3 || len(lenders) < 3 {
		t.Errorf("%d dates stand in booked rooms of %d towns", rooms, len(lenders))
	}
}
