package demo_test

import (
	"testing"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/demo"
)

func TestBookings(t *testing.T) {
	t.Parallel()
	b := setup(t, "2026-11-24")
	book, err := demo.OpenBook(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time nothing is made twice
		if err := demo.Load(t.Context(), b.services, book); err != nil {
			t.Fatal(err)
		}
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
