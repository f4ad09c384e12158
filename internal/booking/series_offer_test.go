package booking

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/postgres"
	"github.com/tonarimachi/tonarimachi/internal/testkit"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

const (
	halfYear  = `[{"who": "partners", "opens_months": 6, "hold_days": 3}]`
	wholeYear = `[{"who": "partners", "opens_months": 12, "hold_days": 3}]`
	lateOpen  = `[{"who": "partners", "opens_days": 3, "hold_days": 3}]`
	noHolds   = `[{"who": "partners", "opens_months": 12}]`
	onceOnly  = `[{"who": "partners", "opens_months": 12, "hold_days": 3, "month_cap": 1}]`
	ownOnly   = `[{"who": "own", "opens_months": 12, "hold_days": 3}]`
)

// Rooms are offered for a date that can't be had when the very same request would be taken there
// now, and for no other reason; also inside the transaction that keeps the answer for a retry [I1].
func TestOffersCanBeHadByWhoAsks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]offerCase{
		"both":                     {terms: wholeYear, hold: true, want: 2},
		"not open yet":             {terms: lateOpen},
		"not for partners":         {terms: ownOnly},
		"no holds":                 {terms: noHolds, hold: true},
		"no holds, none asked for": {terms: noHolds, want: 2},
		"the month's cap":          {terms: onceOnly},
		"too loud for a neighbour": {terms: wholeYear, noise: venue.Loud, want: 1},
	} {
		for _, joined := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", joined: ", joined), func(t *testing.T) {
				t.Parallel()
				offersCanBeHad(t, c, joined)
			})
		}
	}
}

// offerCase is what a test of offers arranges.
type offerCase struct {
	terms string // of the two rooms that are free: half B and the tea room
	hold  bool
	noise venue.Noise
	want  int
}

func offersCanBeHad(t *testing.T, c offerCase, joined bool) {
	t.Helper()
	k := setup(t, testkit.HallOptions{Noise: "forbid"})
	k.exec(`update room set terms = $2 where id = any ($1)`, []uuid.UUID{k.hall.B, k.hall.Tea}, wholeYear)
	for _, room := range []uuid.UUID{k.hall.B, k.hall.Tea} { // one of this month is had
		r := ask(room, 9, 10)
		r.StartsAt, r.EndsAt = clock.NewDate(2026, 12, 10).At(9, 0), clock.NewDate(2026, 12, 10).At(10, 0)
		k.place(k.minato, r)
	}
	k.exec(`update room set terms = $2 where id = any ($1)`, []uuid.UUID{k.hall.B, k.hall.Tea}, c.terms)
	taken := ask(k.hall.A, 9, 12)
	taken.Noise = venue.Quiet
	k.place(k.chuo, taken)
	bookings := k.number("select count(*) from booking")
	changes := k.number("select count(*) from booking_change") + k.number("select count(*) from audit_entry")
	r := SeriesRequest{
		Request: Request{
			RoomID: k.hall.A,
			Title:  "日曜教室",
			Hold:   c.hold,
			Noise:  c.noise,
			Queue:  false,
		},
		Rule:   "FREQ=WEEKLY;BYDAY=SU",
		Starts: *hour(9),
		Ends:   *hour(12),
		First:  clock.NewDate(2026, 12, 6),
		Last:   clock.NewDate(2026, 12, 20),
	}
	var result SeriesResult
	var err error
	if place := func(ctx context.Context) { result, err = k.service.PlaceSeries(ctx, k.minato, r) }; joined {
		wrong := k.db.InOrganization(t.Context(), k.minato.Organization, k.minato.Actor, func(tx *postgres.Tx) error {
			place(postgres.Joined(t.Context(), tx))
			return nil
		})
		if wrong != nil {
			t.Fatal(wrong)
		}
	} else {
		place(t.Context())
	}
	if err != nil || len(result.Bookings) != 2 || len(result.Rejected) != 1 ||
		result.Rejected[0].Reason.Code != ErrTaken.Code {
		t.Fatalf("%+v, %v", result, err)
	}
	found := result.Rejected[0].Offers
	if len(found) != c.want {
		t.Errorf("offered %+v, want %d", found, c.want)
	}
	if k.number("select count(*) from booking") != bookings+2 || k.astray() != 0 {
		t.Error("looking for rooms left bookings")
	}
	if n := k.number(
		"select count(*) from booking_change",
	) + k.number(
		"select count(*) from audit_entry",
	); n > changes+6 {
		t.Errorf("looking for rooms left %d traces", n-changes)
	}
	for _, room := range found {
		one := r.Request
		one.RoomID, one.StartsAt, one.EndsAt = room.Room.ID, at(9, 0), at(12, 0)
		k.place(k.minato, one)
	}
}

// A date whose room can't be booked yet is offered rooms that can, and not those that can't either.
func TestOffersForADateThatIsNotOpenYet(t *testing.T) {
	t.Parallel()
	k := setup(t, testkit.HallOptions{})
	k.exec(`update room set terms = $2 where id = any ($1)`, []uuid.UUID{k.hall.A, k.hall.B, k.hall.Whole}, halfYear)
	k.exec(`update room set terms = $2 where id = $1`, k.hall.Tea, wholeYear)
	result, err := k.service.PlaceSeries(t.Context(), k.minato, SeriesRequest{
		Request: Request{
			RoomID: k.hall.A,
			Title:  "例会",
		},
		Rule:   "FREQ=MONTHLY;BYDAY=1SU",
		Starts: *hour(9),
		Ends:   *hour(12),
		First:  clock.NewDate(2027, 5, 1),
		Last:   clock.NewDate(2027, 6, 30),
	})
	if err != nil || len(result.Rejected) != 1 || result.Rejected[0].Reason.Code != venue.BookingEarly {
		t.Fatalf("%+v, %v", result, err)
	}
	if found := result.Rejected[0].Offers; len(found) != 1 || found[0].Room.ID != k.hall.Tea {
		t.Errorf("offered %+v, want the tea room", found)
	}
}
