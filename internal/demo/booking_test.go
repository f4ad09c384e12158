package demo_test

import (
	"errors"
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/clock"
	"github.com/tonarimachi/tonarimachi/internal/demo"
	"github.com/tonarimachi/tonarimachi/internal/staff"
	"github.com/tonarimachi/tonarimachi/internal/venue"
)

func TestBookings(t *testing.T) {
	t.Parallel()
	b, book := loaded(t, onTuesday)
	// The second time nothing is made twice.
	if err := demo.Load(t.Context(), b.services, book); err != nil {
		t.Fatal(err)
	}
	view, err := b.directory.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	toshima, err := view.BySlug("toshima")
	if err != nil {
		t.Fatal(err)
	}
	page, err := b.services.Bookings.List(t.Context(), toshima.ID, booking.Filter{Limit: booking.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	states := map[booking.Status]int{}
	for _, one := range page.Items {
		if one.Room.Name == "小会議室（6階）" && one.Status == booking.Held {
			continue // drawn by lot
		}
		states[one.Status]++
		d, err := b.services.Bookings.Get(t.Context(), one.Borrower.ID, one.ID)
		if err != nil {
			t.Error(err)
		}
		if one.Status == booking.Held && d.Behind != 1 {
			t.Errorf("%d wait behind the hold", d.Behind)
		}
	}
	for state, want := range map[booking.Status]int{booking.Held: 1, booking.Waiting: 1, booking.Approved: 1} {
		if states[state] != want {
			t.Errorf("%d bookings are %s, want %d", states[state], state, want)
		}
	}
	if states[booking.Confirmed] < 2 { // these, and the rooms of events
		t.Errorf("%d bookings are confirmed", states[booking.Confirmed])
	}
	if states[booking.Requested] < 3 { // one, and a series
		t.Errorf("%d bookings are requested", states[booking.Requested])
	}
}

// Who belongs to no partnership of a room asks for it in two steps of approval. The demo's town has
// the two members that it takes.
func TestTwoStepsOfApprovalCanBeFinished(t *testing.T) {
	t.Parallel()
	b, book := loaded(t, onTuesday)
	as := func(token string) staff.Author {
		t.Helper()
		session, err := b.services.Staff.Authenticate(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		return session.Author()
	}
	accounts := map[string]*demo.Account{}
	for _, a := range book.Accounts {
		accounts[a.Slug] = a
	}
	if accounts["toshima"].Second == nil || accounts["adachi"].Second != nil {
		t.Fatal("a second member is where rooms ask for two steps, and nowhere else")
	}
	first, second, borrower := as(
		accounts["toshima"].Token,
	), as(
		accounts["toshima"].Second.Token,
	), as(
		accounts["adachi"].Token,
	)
	rooms, err := b.services.Venues.RoomsForStaff(
		t.Context(),
		first.Organization,
		venue.RoomFilter{Limit: venue.MaxLimit},
	)
	if err != nil {
		t.Fatal(err)
	}
	r := booking.Request{Title: "足立区の相談会", People: new(20)}
	for _, room := range rooms.Items {
		if room.Name == "全面" {
			r.RoomID = room.ID
		}
	}
	var made booking.Booking
	for day := clock.Today(b.clock).AddDays(14); ; day = day.AddDays(1) {
		r.StartsAt, r.EndsAt = day.At(9, 0), day.At(12, 0)
		if made, err = b.services.Bookings.Place(t.Context(), borrower, r); err == nil {
			break
		}
		if day == clock.Today(b.clock).AddDays(40) {
			t.Fatal(err)
		}
	}
	if made.ApprovalSteps != 2 {
		t.Fatalf("%d steps", made.ApprovalSteps)
	}
	if d, err := b.services.Bookings.Approve(
		t.Context(),
		first,
		made.ID,
		"",
	); err != nil ||
		d.Status != booking.Requested {
		t.Fatalf("the first step: %s, %v", d.Status, err)
	}
	if _, err := b.services.Bookings.Approve(
		t.Context(),
		first,
		made.ID,
		"",
	); !errors.Is(
		err,
		booking.ErrSecondPerson,
	) {
		t.Errorf("the same member again: %v", err)
	}
	if d, err := b.services.Bookings.Approve(
		t.Context(),
		second,
		made.ID,
		"",
	); err != nil ||
		d.Status != booking.Approved {
		t.Errorf("the second step: %s, %v", d.Status, err)
	}
}
