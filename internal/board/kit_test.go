package board_test

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/tonarimachi/tonarimachi/internal/board"
	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/fault"
	"github.com/tonarimachi/tonarimachi/internal/organization"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/round"
	"github.com/tonarimachi/tonarimachi/internal/secret"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// kit is one test's ground: kita lends a hall that divides, minato and chuo are its partners, and
// nishi is a stranger.
type kit struct {
	*testing.T
	admin                     *pgxpool.Pool
	url                       string // of the program's login
	clock                     *clock.Fake
	db                        *postgres.DB
	service                   *board.Service
	bookings                  *booking.Service
	rounds                    *round.Service
	hall                      testkit.Hall
	kita, minato, chuo, nishi staff.Author
	second                    staff.Author // another member of kita
}

func setup(t *testing.T, o testkit.HallOptions) *kit {
	t.Helper()
	return setupOn(t, testkit.Database(t), o)
}

func setupOn(t *testing.T, b *testkit.Bundle, o testkit.HallOptions) *kit {
	t.Helper()
	k := &kit{T: t, admin: b.Pool(t), url: b.LoginURL, clock: clock.NewFake(clock.NewDate(2026, 12, 1).At(10, 0))}
	var err error
	k.db = testkit.Open(t, postgres.Options{URL: b.LoginURL, Public: 2, Staff: 10, Worker: 2, Clock: k.clock})
	raw := make([]byte, secret.MinKeyBytes)
	_, _ = rand.Read(raw)
	keys, err := secret.NewKeys(raw)
	if err != nil {
		t.Fatal(err)
	}
	town := func(slug string) staff.Author {
		of := testkit.NewOrganization(t, k.admin, slug)
		return staff.Author{Organization: of, Actor: postgres.StaffActor(testkit.NewStaff(t, k.admin, of, "publisher"))}
	}
	k.kita, k.minato, k.chuo, k.nishi = town("kita"), town("minato"), town("chuo"), town("nishi")
	k.second = staff.Author{Organization: k.kita.Organization, Actor: postgres.StaffActor(uuid.New())}
	o.Partners = []uuid.UUID{k.minato.Organization, k.chuo.Organization}
	k.hall = testkit.NewHall(t, k.admin, k.kita.Organization, o)
	directory := organization.NewDirectory(k.db)
	k.service = board.NewService(k.db, directory, keys, rand.Reader)
	k.bookings = booking.NewService(k.db, directory, k.service)
	k.rounds = round.NewService(k.db, directory, k.service, k.bookings, rand.Reader)
	return k
}

// at is a time of 20 December 2026, a Sunday.
func at(hour, minute int) time.Time { return clock.NewDate(2026, 12, 20).At(hour, minute) }

func ask(room uuid.UUID, from, to int) booking.Request {
	return booking.Request{RoomID: room, StartsAt: at(from, 0), EndsAt: at(to, 0), Title: "居場所づくりの会議"}
}

func hold(room uuid.UUID, from, to int) booking.Request {
	r := ask(room, from, to)
	r.Hold = true
	return r
}

func (k *kit) place(by staff.Author, r booking.Request) booking.Booking {
	k.Helper()
	b, err := k.bookings.Place(k.Context(), by, r)
	if err != nil {
		k.Fatal(err)
	}
	return b
}

func (k *kit) want(what string, err, want error) {
	k.Helper()
	if !errors.Is(err, want) {
		k.Errorf("%s: %v, want %v", what, err, want)
	}
}

func (k *kit) code(what string, err error, want string) {
	k.Helper()
	if got := fault.CodeOf(err); got != want {
		k.Errorf("%s: %s (%v), want %s", what, got, err, want)
	}
}

func (k *kit) exec(statement string, args ...any) {
	k.Helper()
	if _, err := k.admin.Exec(k.Context(), statement, args...); err != nil {
		k.Fatal(err)
	}
}

// autumn has kita keep its hall for a round, from 15 to 31 December.
func (k *kit) autumn() {
	k.Helper()
	day := func(d int) time.Time { return clock.NewDate(2026, 12, d).At(9, 0) }
	if _, err := k.rounds.Create(k.Context(), k.kita, round.Input{
		Name:            "12月後半の抽選",
		Rooms:           []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole},
		FirstDay:        clock.NewDate(2026, 12, 15),
		LastDay:         clock.NewDate(2026, 12, 31),
		OpensAt:         day(1),
		ClosesAt:        day(5),
		DrawsAt:         day(6),
		AcceptUntil:     day(10),
		ApplicationsMax: 3,
		WishesMax:       3,
	}); err != nil {
		k.Fatal(err)
	}
}
