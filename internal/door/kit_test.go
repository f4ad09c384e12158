package door

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/event"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/ticket"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// kit is one test's ground: it is ten in the morning of a day with a gathering at two, first part
// with seats, second without reservation.
type kit struct {
	*testing.T
	admin   *pgxpool.Pool
	clock   *clock.Fake
	db      *postgres.DB
	by      staff.Author
	keys    *secret.Keys
	event   testkit.Event
	service *Service
	tickets *ticket.Service
	events  *event.Service
}

func setup(t *testing.T) *kit {
	t.Helper()
	b := testkit.Database(t)
	k := &kit{T: t, admin: b.Pool(t), clock: clock.NewFake(clock.Today(clock.System()).At(10, 0))}
	k.db = testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 8, Staff: 2, Worker: 1, Clock: k.clock})
	k.keys = k.newKeys()
	k.by.Organization = testkit.NewOrganization(t, k.admin, "kita")
	k.by.Actor = postgres.StaffActor(testkit.NewStaff(t, k.admin, k.by.Organization, "publisher"))
	k.event = k.gathering(k.clock.Now().Add(4 * time.Hour))
	k.service = NewService(k.db, k.keys, rand.Reader)
	k.tickets = ticket.New(k.db, k.keys, rand.Reader, nil)
	t.Cleanup(k.tickets.Close)
	k.events = event.NewService(k.db, organization.NewDirectory(k.db), nil)
	return k
}

func (k *kit) gathering(at time.Time) testkit.Event {
	k.Helper()
	return testkit.NewEvent(k.T, k.admin, k.by.Organization, testkit.EventOptions{
		StartsAt: at,
		Parts: []testkit.PartOptions{
			{ClosesAt: at.Add(time.Hour)},
			{Reservation: "none", Quotas: []testkit.QuotaOptions{}},
		},
	})
}

func (k *kit) newKeys(older ...[]byte) *secret.Keys {
	k.Helper()
	raw := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(raw)
	keys, err := secret.NewKeys(append([][]byte{raw}, older...)...)
	if err != nil {
		k.Fatal(err)
	}
	return keys
}

func (k *kit) link() secret.Door {
	k.Helper()
	issued, err := k.service.CreateLink(k.Context(), k.by, k.event.ID, k.event.OccurrenceID)
	if err != nil {
		k.Fatal(err)
	}
	return issued.Token
}

func (k *kit) take(e testkit.Event, seats int) secret.Ticket {
	k.Helper()
	code, _, err := k.tickets.Take(k.Context(), ticket.Request{EventID: e.ID, QuotaID: e.Quota(), Seats: seats})
	if err != nil {
		k.Fatal(err)
	}
	return code
}

func (k *kit) number(query string, args ...any) (n int) {
	k.Helper()
	if err := k.admin.QueryRow(k.Context(), query, args...).Scan(&n); err != nil {
		k.Fatal(err)
	}
	return n
}

func (k *kit) exec(statement string, args ...any) {
	k.Helper()
	if _, err := k.admin.Exec(k.Context(), statement, args...); err != nil {
		k.Fatal(err)
	}
}

func (k *kit) want(what string, err, want error) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Errorf("%s: %v, want %v", what, err, want)
	}
}

// free is the part without reservation.
func (k *kit) free() uuid.UUID { return k.event.Parts[1].ID }

func (k *kit) tap(token secret.Door, taps ...Tap) Count {
	k.Helper()
	now, err := k.service.Tap(k.Context(), token, k.free(), taps)
	if err != nil {
		k.Fatal(err)
	}
	return now
}

func plus(n int) Tap { return Tap{ID: uuid.New(), Delta: n} }
