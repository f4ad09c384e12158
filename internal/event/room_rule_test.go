package event

import (
	"reflect"
	"testing"

	"github.com/google/uuid"

	"github.com/tonarimachi/tonarimachi/internal/booking"
	"github.com/tonarimachi/tonarimachi/internal/maplink"
)

func TestMapOfARoom(t *testing.T) {
	t.Parallel()
	degrees := func(d float64) *float64 { return &d }
	words := maplink.Place("元町1 公民館")
	for _, c := range []struct {
		latitude, longitude *float64
		want                string
	}{
		{nil, nil, words},
		{degrees(35), nil, words},
		{nil, degrees(139), words},
		{degrees(35), degrees(139), maplink.Point(35, 139)},
	} {
		r := Room{Address: "元町1", Facility: "公民館", Latitude: c.latitude, Longitude: c.longitude}
		if got := r.MapURL(); got != c.want {
			t.Errorf("%v %v: %s, want %s", c.latitude, c.longitude, got, c.want)
		}
	}
}

func TestReadyBookings(t *testing.T) {
	t.Parallel()
	for status, want := range map[booking.Status]bool{
		booking.Confirmed: true, booking.Done: true,
		booking.Requested: false, booking.Held: false, booking.Cancelled: false,
	} {
		if got := (&RoomBooking{Status: status}).Ready(); got != want {
			t.Errorf("%s: %v, want %v", status, got, want)
		}
	}
}

func TestRoomOf(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]*Room{
		"": nil, "{": nil, "1": nil, "{}": {}, `{"room": "和室"}`: {Name: "和室"},
	} {
		if got := roomOf([]byte(document)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, want %+v", document, got, want)
		}
	}
}

func TestBookingsOfADate(t *testing.T) {
	t.Parallel()
	date, part, bare := uuid.New(), uuid.New(), uuid.New()
	a, b := RoomBooking{ID: uuid.New()}, RoomBooking{ID: uuid.New()}
	o := Occurrence{ID: date, Booking: &a, Parts: []Part{{ID: bare}, {ID: part, Booking: &b}}}
	if got, want := o.bookings(), map[uuid.UUID]RoomBooking{date: a, part: b}; !reflect.DeepEqual(got, want) {
		t.Errorf("bookings %v, want %v", got, want)
	}
	o.Booking = nil
	if got, want := o.bookings(), map[uuid.UUID]RoomBooking{part: b}; !reflect.DeepEqual(got, want) {
		t.Errorf("bookings %v, want %v", got, want)
	}
}

func TestAPlaceElsewhere(t *testing.T) {
	t.Parallel()
	room := Place{Kind: InPerson, Name: "集会室", Address: "元町1", Access: "駅から5分"}
	other := uuid.New()
	for _, c := range []struct {
		name   string
		change OccurrenceChange
		bare   bool // the date has no booking
		want   bool
	}{
		{"nothing is said of the place", OccurrenceChange{}, false, false},
		{"the room's own words", OccurrenceChange{Place: &room}, false, false},
		{"one can connect as well", OccurrenceChange{Place: &Place{Kind: Both}}, false, false},
		{"online alone", OccurrenceChange{Place: &Place{Kind: Online}}, false, true},
		{"another name", OccurrenceChange{Place: &Place{Kind: InPerson, Name: "公園", Address: "元町1", Access: "駅から5分"}},
			false, true},
		{"another address", OccurrenceChange{Place: &Place{Kind: InPerson, Name: "集会室", Address: "別", Access: "駅から5分"}},
			false, true},
		{"another way there", OccurrenceChange{Place: &Place{Kind: InPerson, Name: "集会室", Address: "元町1", Access: "別"}},
			false, true},
		{"a name alone", OccurrenceChange{Place: &Place{Kind: InPerson, Name: "公園"}}, false, true},
		{"an address alone", OccurrenceChange{Place: &Place{Kind: InPerson, Address: "別"}}, false, true},
		{"a way there alone", OccurrenceChange{Place: &Place{Kind: InPerson, Access: "別"}}, false, true},
		{"another booking", OccurrenceChange{Place: &Place{Kind: Online}, BookingID: &other}, false, false},
		{"a date without a booking", OccurrenceChange{Place: &Place{Kind: Online}}, true, false},
	} {
		now := &Occurrence{Place: room, Booking: &RoomBooking{}}
		if c.bare {
			now.Booking = nil
		}
		if got := c.change.elsewhere(now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	// A room of which only a name is told.
	now := &Occurrence{Place: Place{Kind: InPerson, Name: "集会室"}, Booking: &RoomBooking{}}
	for _, c := range []struct {
		place Place
		want  bool
	}{{Place{Name: "集会室"}, false}, {Place{Name: "公園"}, true}, {Place{}, false}} {
		if got := (OccurrenceChange{Place: &c.place}).elsewhere(now); got != c.want {
			t.Errorf("%+v: %v, want %v", c.place, got, c.want)
		}
	}
}
